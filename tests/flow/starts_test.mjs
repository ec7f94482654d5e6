// What a start reads and loads: the index of the ledger that a stop saved, the ledger after a crash, and
// libraries only where they are used.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { configuration, Daemon, temporaryDirectory } from './support/daemon.mjs';
import { Receiver } from './support/receiver.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const count = 50;
const file = (daemon, name) => path.join(daemon.config.journal.path, name);
const body = (at) => lynnBody(`event ${at}`);

async function sendAll(daemon, from, to) {
    for (let at = from; at < to; ++at) assert.equal((await daemon.send('lynn', body(at))).status, 200);
}

// A daemon that got its events, delivered them and was stopped.
async function stopped(t, changes) {
    const daemon = await Daemon.start(t, changes);
    await sendAll(daemon, 0, count);
    await daemon.eventually(count);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    return daemon;
}

// What the last start said of the index.
async function restarted(daemon) {
    const seen = daemon.logs.length;
    await daemon.run();
    return daemon.logs.slice(seen).filter(({ event }) => event.startsWith('journal_index'));
}

// Every event is a duplicate, and a new one is none.
async function knowsAll(daemon, events = count) {
    const before = await daemon.metric('chathook_duplicates_total', { source: 'lynn' });
    await sendAll(daemon, 0, events);
    assert.equal((await daemon.metric('chathook_duplicates_total', { source: 'lynn' })) - before, events);
    await sendAll(daemon, events, events + 1);
    // After a kill some are delivered once more, under the same id.
    const ids = () => new Set(daemon.events.map(({ id }) => id)).size;
    await until('the new event', () => ids() > events);
    assert.equal(ids(), events + 1);
}

test('after a stop the start has the index that was saved, and recognises duplicates', async (t) => {
    const daemon = await stopped(t);
    assert.equal(fs.statSync(file(daemon, 'index')).mode & 0o777, 0o600);
    for (let events = count; events < count + 3; ++events) {
        const said = await restarted(daemon);
        assert.deepEqual(said.map(({ event, events: known, level }) => [event, known, level]),
            [['journal_index_used', String(events), 'info']]);
        assert.ok(!fs.existsSync(file(daemon, 'index')), 'it is used once');
        await knowsAll(daemon, events);
        assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    }
});

test('after a kill the start reads the ledger, and recognises duplicates', async (t) => {
    const daemon = await stopped(t);
    await daemon.run();
    await sendAll(daemon, count, count + 10);
    await daemon.eventually(count + 10);
    await daemon.kill();
    assert.deepEqual(await restarted(daemon), []);
    await knowsAll(daemon, count + 10);
});

test('an index that was used is not used again after a kill', async (t) => {
    const daemon = await stopped(t);
    const saved = fs.readFileSync(file(daemon, 'index'));
    await daemon.run();
    await daemon.kill();
    fs.writeFileSync(file(daemon, 'index'), saved);
    const [said] = await restarted(daemon);
    assert.equal(said.event, 'journal_index_not_used');
    await knowsAll(daemon);
});

const damages = {
    'that is cut': (daemon) => fs.truncateSync(file(daemon, 'index'), fs.statSync(file(daemon, 'index')).size - 1),
    'that is empty': (daemon) => fs.truncateSync(file(daemon, 'index'), 0),
    'with a flipped bit': (daemon) => {
        const bytes = fs.readFileSync(file(daemon, 'index'));
        bytes[bytes.length - 20] ^= 1;
        fs.writeFileSync(file(daemon, 'index'), bytes);
    },
    'of a database that was changed since': (daemon) =>
        fs.utimesSync(file(daemon, 'journal.sqlite'), new Date(), fs.statSync(file(daemon, 'journal.sqlite')).mtime),
    'of a database that was put back from a copy': (daemon) => {
        const copy = fs.readFileSync(file(daemon, 'journal.sqlite'));
        fs.rmSync(file(daemon, 'journal.sqlite'));
        fs.writeFileSync(file(daemon, 'journal.sqlite'), copy, { mode: 0o600 });
    },
};

for (const [what, damage] of Object.entries(damages)) {
    test(`a saved index ${what} is not used, and the ledger is read`, async (t) => {
        const daemon = await stopped(t);
        damage(daemon);
        const said = await restarted(daemon);
        assert.deepEqual(said.map(({ event }) => event), ['journal_index_not_used']);
        assert.ok(said[0].reason.length > 0);
        assert.ok(!fs.existsSync(file(daemon, 'index')));
        await knowsAll(daemon);
    });
}

test('the saved index of another journal, and that of an earlier stop, are not used', async (t) => {
    const daemon = await stopped(t);
    const earlier = fs.readFileSync(file(daemon, 'index'));
    const other = await stopped(t);
    fs.copyFileSync(file(other, 'index'), file(daemon, 'index'));
    assert.equal((await restarted(daemon))[0].event, 'journal_index_not_used');
    await sendAll(daemon, count, count + 1);
    await daemon.eventually(count + 1);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    fs.writeFileSync(file(daemon, 'index'), earlier);
    assert.equal((await restarted(daemon))[0].event, 'journal_index_not_used');
    await knowsAll(daemon, count + 1);
});

test('libcurl is loaded where a sink needs it, and only there', async (t) => {
    const receiver = await Receiver.start(t);
    const libraries = async (changes) => {
        const directory = temporaryDirectory(t);
        const daemon = new Daemon(directory, configuration(directory, changes));
        undo(t, () => daemon.end());
        await daemon.run({ env: { LD_DEBUG: 'libs' } });
        await daemon.end();
        return daemon.lines.join('\n');
    };
    assert.doesNotMatch(await libraries({}), /calling init: .*libcurl/);
    const crm = { type: 'http', url: receiver.url, allow_private: true };
    assert.match(await libraries({ sinks: { crm }, routes: [{ to: ['crm'] }] }), /calling init: .*libcurl/);
});

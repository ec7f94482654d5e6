// Single bits flip on the disk: in the log, in the database, in a file sink's lines. Undelivered events
// affected by one are reported, by verify-journal and by the daemon; all others are delivered as they were
// sent. CHATHOOK_FLIPS is the number for each file; CHATHOOK_SEED repeats a run.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { chathookd, configuration, Daemon, readEvents, temporaryDirectory } from '../flow/support/daemon.mjs';
import { Receiver } from '../flow/support/receiver.mjs';
import { undo } from '../flow/support/undo.mjs';
import { until } from '../flow/support/wait.mjs';
import { digestOf, Ledger } from './support/ledger.mjs';
import { between, chance, seed, times } from './support/seed.mjs';

const flips = times('CHATHOOK_FLIPS', 15);
const waiting = 120; // events that the receiver did not get before the damage

// A journal whose events all wait for the receiver, left behind as `end` (kill or stop) leaves it.
async function journalOfWaiting(t, end) {
    const receiver = await Receiver.start(t);
    receiver.answer = () => ({ status: 503 });
    const daemon = await Daemon.start(t, { sinks: sinksTo(receiver), routes: [{ to: ['crm'] }] });
    const ledger = new Ledger(path.join(temporaryDirectory(t), 'ledger'), 'flip');
    undo(t, () => ledger.close());
    await ledger.load(daemon, { count: waiting, extra: () => ({ customMetadata: { text: 'x'.repeat(400) } }) });
    assert.equal(ledger.answered.size, waiting);
    await daemon[end]();
    const sent = new Map(); // conversation -> digest
    for (const line of fs.readFileSync(ledger.file, 'utf8').split('\n').filter(Boolean)) {
        const entry = JSON.parse(line);
        if (entry.sent) sent.set(entry.sent, entry.digest);
    }
    return { directory: daemon.config.journal.path, sent };
}

const sinksTo = (receiver) => ({
    crm: {
        type: 'http', url: receiver.url, payload: 'cloudevents', allow_private: true,
        retry: { initial: '50ms', max: '200ms' },
    },
});

function flip(file, random) {
    const at = between(random, 0, fs.statSync(file).size - 1);
    const bit = between(random, 0, 7);
    const fd = fs.openSync(file, 'r+');
    const byte = Buffer.alloc(1);
    fs.readSync(fd, byte, 0, 1, at);
    byte[0] ^= 1 << bit;
    fs.writeSync(fd, byte, 0, 1, at);
    fs.closeSync(fd);
    return `byte ${at} bit ${bit}`;
}

// Starts a daemon on a copy of the journal with `damage` done to it. Returns what the receiver did not get,
// or got altered, and everything that was reported.
async function startedOn(t, journal, damage, sent) {
    const root = temporaryDirectory(t);
    const directory = path.join(root, 'journal');
    fs.cpSync(journal, directory, { recursive: true });
    const where = damage(directory);
    const verified = chathookd(['verify-journal', directory]);
    const said = [];
    if (verified.code !== 0) said.push(`verify-journal ${verified.code}`);

    const receiver = await Receiver.start(t);
    const config = configuration(root, { sinks: sinksTo(receiver), routes: [{ to: ['crm'] }] });
    const daemon = new Daemon(root, config);
    undo(t, () => daemon.kill());
    // A log damaged in its middle stops the start; the operator decides to continue.
    for (const policy of ['stop', 'go_on']) {
        daemon.configure({ ...config, journal: { ...config.journal, on_damage: policy } });
        if (await daemon.run().then(() => true, () => false)) break;
        said.push(`exit ${(await daemon.exit).code}`);
    }
    if (!daemon.exited) {
        // The sink keeps the order: events not delivered before this one never will be.
        const stuck = () => daemon.exited || daemon.logs.some(({ event }) => event === 'journal_unavailable');
        const ledger = new Ledger(path.join(root, 'ledger'), 'last');
        const status = await ledger.send(daemon);
        if (status === 200) {
            await until('the last one', () => stuck() || receiver.events.some(({ subject }) => subject === 'last-0'));
        } else said.push(`answered ${status}`);
        ledger.close();
        for (const { event, level } of daemon.logs) if (/warn|err/.test(level)) said.push(event);
        if (daemon.logs.some(({ event }) => event === 'journal_log_torn')) said.push('journal_log_torn');
        await daemon.kill();
    }
    const got = new Map(receiver.events.map((event) => [event.subject, digestOf(JSON.stringify(event.data.original))]));
    return {
        where, said,
        lost: [...sent.keys()].filter((conversation) => !got.has(conversation)),
        altered: [...got].filter(([conversation, digest]) => conversation !== 'last-0' && sent.get(conversation) !== digest),
    };
}

for (const [what, end, file] of [
    ['log', 'kill', 'journal.sqlite-wal'],
    ['database', 'stop', 'journal.sqlite'],
]) {
    test(`${flips} bits flipped in the ${what} lose no event silently (seed ${seed})`, async (t) => {
        const random = chance(what);
        const { directory, sent } = await journalOfWaiting(t, end);
        assert.ok(fs.statSync(path.join(directory, file)).size > waiting * 1000, `the events stand in ${file}`);
        const seen = { harmless: 0, told: 0, lost: 0 };
        for (let at = 0; at < flips; ++at) {
            await t.test(`flip ${at}`, async (inner) => {
                const found = await startedOn(inner, directory, (copy) => flip(path.join(copy, file), random), sent);
                const { where, said, lost, altered } = found;
                assert.deepEqual(altered, [], `${where}: delivered as it was not sent`);
                if (lost.length > 0) assert.ok(said.length > 0, `${where}: ${lost.length} lost and nothing said`);
                seen.harmless += said.length === 0;
                seen.told += said.length > 0;
                seen.lost += lost.length;
            });
        }
        t.diagnostic(`${what}: ${seen.told} told, ${seen.harmless} without effect, ${seen.lost} events lost, each told`);
        assert.ok(flips < 10 || seen.told > 0, 'some flips were told');
    });
}

test('a bit flipped in the cursor of a sink does not skip an event silently', async (t) => {
    const receiver = await Receiver.start(t);
    let taken = 0;
    receiver.answer = () => ({ status: taken++ < 20 ? 204 : 503 });
    const daemon = await Daemon.start(t, { sinks: sinksTo(receiver), routes: [{ to: ['crm'] }] });
    const ledger = new Ledger(path.join(temporaryDirectory(t), 'ledger'), 'far');
    undo(t, () => ledger.close());
    await ledger.load(daemon, { count: 60, connections: 1 });
    await until('some to be delivered', () => taken > 20);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });

    // SQLite stores the run's row as the types of its columns (sink 0, first 0, a byte, four or six bytes), then
    // `last`: 20 of 60.
    const database = path.join(daemon.config.journal.path, 'journal.sqlite');
    const before = fs.readFileSync(database);
    const cursor = before.toString('latin1').search(/\x05\x08\x08\x01[\x04\x05]\x14/) + 5;
    assert.equal(before[cursor], 20);
    for (let bit = 0; bit < 8; ++bit) {
        const after = Buffer.from(before);
        after[cursor] ^= 1 << bit;
        fs.writeFileSync(database, after);
        assert.equal(chathookd(['verify-journal', daemon.config.journal.path]).code, 65);
        const start = chathookd(['serve', '--config', daemon.configFile]);
        assert.equal(start.code, 74);
        assert.match(start.out + start.err, /sink crm/);
    }
    fs.writeFileSync(database, before);
    await daemon.run();
    await daemon.kill();
});

test(`verify-journal reports each of ${flips} bits flipped in a file sink's lines (seed ${seed})`, async (t) => {
    const random = chance('lines');
    const daemon = await Daemon.start(t, { sinks: { events: { type: 'file', path: 'events.jsonl', rotate: { size: '32KiB' } } } });
    const ledger = new Ledger(path.join(temporaryDirectory(t), 'ledger'), 'line');
    undo(t, () => ledger.close());
    await ledger.load(daemon, { count: waiting });
    const files = () => fs.readdirSync(daemon.directory).filter((name) => /^events\.jsonl(\.\d+)?$/.test(name));
    const lines = () => files().reduce((sum, name) => sum + readEvents(path.join(daemon.directory, name)).length, 0);
    await until('all lines', () => lines() === waiting);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    assert.ok(files().length > 2, 'rotated files among them');

    const named = `events=${path.join(daemon.directory, 'events.jsonl')}`;
    const verify = () => chathookd(['verify-journal', daemon.config.journal.path, '--json', '--sink-file', named]);
    const whole = verify();
    assert.equal(whole.code, 0, whole.out + whole.err);
    assert.equal(JSON.parse(whole.out).sink_files[0].as_delivered, waiting);
    for (let at = 0; at < flips; ++at) {
        const file = path.join(daemon.directory, files()[between(random, 0, files().length - 1)]);
        const before = fs.readFileSync(file);
        const where = flip(file, random);
        const { code, out } = verify();
        assert.equal(code, 65, `${path.basename(file)} ${where}: ${out}`);
        const [{ damaged_lines, different_lines, missing_sequences }] = JSON.parse(out).sink_files;
        assert.ok(damaged_lines.count + different_lines.count + missing_sequences.count > 0);
        fs.writeFileSync(file, before);
    }
    assert.equal(verify().code, 0);
});

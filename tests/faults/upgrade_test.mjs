// A journal of release 0.1 under this program: everything in it is kept, whenever the upgrade is interrupted.
// CHATHOOK_EVENTS is how many events are in it, CHATHOOK_KILLS how often a start is killed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { chathookd, temporaryDirectory, Daemon } from '../flow/support/daemon.mjs';
import { Receiver } from '../flow/support/receiver.mjs';
import { undo } from '../flow/support/undo.mjs';
import { lynnBody, signed } from '../flow/support/vendors.mjs';
import { until } from '../flow/support/wait.mjs';
import { Ledger } from './support/ledger.mjs';
import { between, chance, seed, times } from './support/seed.mjs';

const events = times('CHATHOOK_EVENTS', 2_000);
const kills = times('CHATHOOK_KILLS', 10);
const refused = 5; // by the receiver, and become dead letters
const forged = 7;
const patience = Math.max(120_000, events); // milliseconds; the receiver takes some thousands a second

test(`a journal of release 0.1 with ${events} events keeps everything through ${kills} kills of its upgrade (seed ${seed})`, async (t) => {
    const random = chance('upgrade');
    const receiver = await Receiver.start(t);
    let taken = 0;
    receiver.answer = ({ body }) => {
        const of = Number(/"kept-(\d+)"/.exec(body)[1]);
        if (of < refused) return { status: 400 };
        ++taken;
        return { status: 204 };
    };
    const daemon = await Daemon.start(t, {
        sinks: {
            events: { type: 'file', path: 'events.jsonl' },
            crm: { type: 'http', url: receiver.url, allow_private: true },
            gone: { type: 'http', url: 'http://127.0.0.1:9/', allow_private: true },
        },
        routes: [{ to: ['events', 'crm', 'gone'] }],
    });
    const ledger = new Ledger(path.join(temporaryDirectory(t), 'ledger'), 'kept');
    undo(t, () => ledger.close());
    await ledger.load(daemon, { count: events, connections: 32 });
    for (let at = 0; at < forged; ++at) {
        const body = lynnBody(`forged-${at}`);
        const { status } = await daemon.send('lynn', body, { headers: signed('lynn', body, 'not the secret') });
        assert.equal(status, 401);
    }
    await until('all to be delivered', async () =>
        (await daemon.metric('chathook_sink_backlog_events', { sink: 'crm' })) +
        (await daemon.metric('chathook_sink_backlog_events', { sink: 'events' })) === 0, patience);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });

    const journal = daemon.config.journal.path;
    const found = () => {
        const { code, out, err } = chathookd(['verify-journal', journal, '--json']);
        assert.equal(code, 0, out + err);
        const { path: _, log, ...rest } = JSON.parse(out);
        return rest;
    };
    // PRAGMA user_version: bytes 60 to 63 of a SQLite database (sqlite.org/fileformat2.html, 1.3).
    const format = () => fs.readFileSync(path.join(journal, 'journal.sqlite')).readUInt32BE(60);
    const before = found();
    assert.equal(before.events, events);
    assert.equal(before.rejections, forged);
    assert.deepEqual(before.sinks.map(({ waiting, dead }) => [waiting, dead]), [[0, 0], [0, refused], [events, 0]]);
    const made = spawnSync(process.env.FORMER_JOURNAL, [path.join(journal, 'journal.sqlite')], { encoding: 'utf8' });
    assert.equal(made.status, 0, made.stderr);
    assert.equal(format(), 3);
    assert.deepEqual(found(), before, 'verify-journal reads a journal of release 0.1');

    for (let kill = 0; kill < kills; ++kill) {
        const lines = daemon.logs.length;
        const starting = daemon.run().catch(() => {});
        await until('it to start', () => daemon.logs.slice(lines).some(({ event }) => event === 'starting'), patience);
        await delay(between(random, 0, 2 * kill));
        await daemon.kill();
        await starting;
        assert.deepEqual(await daemon.exit, { code: null, signal: 'SIGKILL' }, daemon.lines.at(-1));
    }
    const began = performance.now();
    await daemon.run();
    t.diagnostic(`ready ${Math.round(performance.now() - began)} ms after the last start`);
    // A kill may come between the upgrade and the line that tells of it.
    const told = daemon.logs.filter(({ event }) => event === 'journal_upgraded').map(({ from, to }) => [from, to]);
    assert.ok(told.length === 0 || (told.length === 1 && told[0].join() === '3,4'), JSON.stringify(told));
    const repeated = Array.from({ length: 100 }, () => `kept-${between(random, 0, events - 1)}`);
    await ledger.retry(daemon, repeated);
    assert.equal(ledger.answered.size, events);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    assert.equal(format(), 4);
    assert.deepEqual(found(), before, 'nothing is missing, and a repeat is still a duplicate');
    assert.equal(taken, events - refused, 'nothing was delivered again');
});

// kill -9 in each of the nine windows of a webhook's way. strace holds a thread of the daemon behind the
// system call that opens the window, and only then the process is killed: its trace ends with that call,
// which proves that the window was hit. CHATHOOK_ROUNDS is the number of kills in each; CHATHOOK_SEED repeats
// a run.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { undo } from '../flow/support/undo.mjs';
import { until } from '../flow/support/wait.mjs';
import { between, chance, seed, times } from './support/seed.mjs';
import { threadOf, Tracer } from './support/tracer.mjs';
import { Trial } from './support/trial.mjs';

const rounds = times('CHATHOOK_ROUNDS', 2);
const sinks = ['events', 'console', 'crm'];

// The public listener's only thread; the admin listener's thread, of the same name, is the second.
const network = (trial) => threadOf(trial.daemon.child.pid, 'http-0', 2);
const journal = (trial) => threadOf(trial.daemon.child.pid, 'journal');
const sink = (trial, name) => threadOf(trial.daemon.child.pid, `sink-${name}`);
const large = () => ({ customMetadata: { text: 'x'.repeat(200_000) } });
const database = (trial) => path.join(trial.daemon.config.journal.path, 'journal.sqlite');

// Sends one webhook that the held daemon cannot answer; returns its conversation at once.
function sendOne({ daemon, ledger }) {
    const conversation = `${ledger.name}-${ledger.next++}`;
    const answer = ledger.send(daemon, { conversation });
    return { conversation, answer };
}

// Each window: how a thread is brought into it, the call that it stops behind, and what must be true of the
// event afterwards. `answered`: whether the sender may have an answer. `kept`: whether the journal has the
// event. `doubled`: which sink gets it twice.
const windows = {
    'received, not verified': {
        async enter(trial, output) {
            const hold = await Tracer.hold(await network(trial), 'recvfrom', output);
            return { hold, ...sendOne(trial) };
        },
        stands: /recvfrom\(.*POST \/webhooks\/lynn.* = \d+ \(DELAYED\)$/,
        answered: false,
        kept: false,
    },
    // The event's id is made once its signature is verified; the first one of a thread fetches randomness.
    'verified, not handed to the journal': {
        async enter(trial, output) {
            const hold = await Tracer.hold(await network(trial), 'getrandom', output);
            return { hold, ...sendOne(trial) };
        },
        stands: /getrandom\(.* = \d+ \(DELAYED\)$/,
        answered: false,
        kept: false,
    },
    'inserted, not synced': {
        async enter(trial, output) {
            // The log has its header by then. After the write of the event's commit the kernel has it, and
            // keeps it through a kill.
            await trial.ledger.load(trial.daemon, { count: 1, connections: 1 });
            const hold = await Tracer.hold(await journal(trial), 'pwrite64', output);
            return { hold, ...sendOne(trial) };
        },
        stands: /pwrite64\(\d+<.*journal\.sqlite-wal>.*\(DELAYED\)$/,
        answered: false,
        kept: 'either',
    },
    'synced, not answered': {
        async enter(trial, output) {
            // A new log's header has a sync of its own, before the first commit is written: this is over by
            // then.
            await trial.ledger.load(trial.daemon, { count: 1, connections: 1 });
            await trial.delivered(); // and the sync of what the sinks have settled
            const on = `${database(trial)}-wal`;
            const hold = await Tracer.hold(await journal(trial), 'fdatasync', output, { on, trace: 'pwrite64' });
            return { hold, ...sendOne(trial) };
        },
        written: true,
        stands: /fdatasync\(\d+<.*journal\.sqlite-wal>\) += 0 \(DELAYED\)$/,
        answered: false,
        kept: true,
    },
    'answered, not dispatched': {
        async enter(trial, output) {
            const threads = await Promise.all(sinks.map((name) => sink(trial, name)));
            const hold = await Tracer.hold(threads, 'futex', output);
            const { conversation, answer } = sendOne(trial);
            assert.equal(await answer, 200);
            return { hold, threads: threads.length, conversation, answer };
        },
        stands: /futex(\(| resumed).*\(DELAYED\)$/,
        answered: true,
    },
    'delivered, progress not recorded: file': {
        async enter(trial, output) {
            const hold = await Tracer.hold(await sink(trial, 'events'), 'fdatasync', output);
            return { hold, ...sendOne(trial) };
        },
        stands: /fdatasync\(\d+<.*events\.jsonl>\) += 0 \(DELAYED\)$/,
        doubled: 'events',
    },
    'delivered, progress not recorded: stdout': {
        async enter(trial, output) {
            const hold = await Tracer.hold(await sink(trial, 'console'), 'write,sendto', output);
            return { hold, ...sendOne(trial) };
        },
        stands: /(write|sendto)\(1<.*\\"specversion\\".* = \d+ \(DELAYED\)$/,
        doubled: 'console',
    },
    'delivered, progress not recorded: http': {
        async enter(trial, output) {
            const hold = await Tracer.hold(await sink(trial, 'crm'), 'recvfrom', output);
            return { hold, ...sendOne(trial) };
        },
        stands: /recvfrom\(.*HTTP\/1\.1 204.* = \d+ \(DELAYED\)$/,
        doubled: 'crm',
    },
    'in the middle of a checkpoint': {
        async enter(trial, output, random) {
            const when = between(random, 1, 90);
            const hold = await Tracer.hold(await journal(trial), 'pwrite64', output, { on: database(trial), when });
            const loading = trial.ledger.load(trial.daemon, {
                connections: 4, extra: large, count: 60, stopped: () => trial.daemon.exited,
            });
            return { hold, loading };
        },
        stands: /pwrite64\(\d+<.*journal\.sqlite>.* = \d+ \(DELAYED\)$/,
        doubled: 'any',
    },
    'in the middle of a rotation': {
        events: { rotate: { size: '8KiB', keep: 1000 } },
        async enter(trial, output, random) {
            const renames = 'rename,renameat,renameat2';
            const when = between(random, 1, 3);
            const hold = await Tracer.hold(await sink(trial, 'events'), renames, output, { when });
            const loading = trial.ledger.load(trial.daemon, {
                connections: 4, rate: 200, stopped: () => trial.daemon.exited,
            });
            return { hold, loading };
        },
        stands: /rename.*events\.jsonl.* = 0 \(DELAYED\)$/,
        doubled: 'any',
    },
    'in the middle of a purge': {
        changes: { retain_delivered: '2s', dedupe_window: '1s' },
        async enter(trial, output, random) {
            await trial.ledger.load(trial.daemon, { count: 12, connections: 4, extra: large });
            await trial.delivered();
            // Nothing more is sent and everything is settled, so the journal now writes only deletions.
            const hold = await Tracer.hold(await journal(trial), 'pwrite64,fdatasync', output, { when: between(random, 4, 40) });
            return { hold };
        },
        stands: /(pwrite64|fdatasync)\(\d+<.*journal\.sqlite.*\(DELAYED\)$/,
        doubled: 'any',
    },
};

// Whether the newest event in the journal is this one.
async function isKept(daemon, conversation) {
    return (await daemon.admin('/api/v1/events?limit=1&newest=1')).body.includes(`"${conversation}"`);
}

async function round(trial, window, random, output) {
    const { daemon, ledger } = trial;
    await daemon.run();
    const { hold, threads = 1, conversation, answer, loading } = await window.enter(trial, output, random);
    trial.hold = hold;
    for (const call of await hold.held(threads)) assert.match(call, window.stands);
    if (window.answered !== undefined) assert.equal(ledger.answered.has(conversation), window.answered);
    daemon.signal('SIGKILL');
    await hold.letDie();
    await Promise.all([daemon.exit, answer, loading]);
    const trace = fs.readFileSync(output, 'utf8').split('\n');
    assert.match(trace.filter((line) => / = /.test(line)).at(-1), window.stands, 'the thread came no further');
    if (window.written) {
        assert.ok(trace.some((line) => line.startsWith('pwrite64') && line.includes(`"${conversation}\\"`)));
    }
    fs.unlinkSync(output);

    await daemon.run();
    await trial.delivered();
    if (conversation) {
        if (window.kept !== 'either') {
            assert.equal(await isKept(daemon, conversation), window.kept ?? true, 'it is kept');
        }
        await ledger.retry(daemon, [conversation].filter((one) => !ledger.answered.has(one)));
        assert.ok(ledger.answered.has(conversation), 'the vendor\'s next try is answered');
        await trial.delivered();
    }
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
}

for (const [name, window] of Object.entries(windows)) {
    test(`${rounds} kills of a webhook that is ${name} lose nothing (seed ${seed})`, async (t) => {
        const random = chance(name);
        const trial = await Trial.start(t, `window-${seed}`, {
            events: window.events,
            changes: {
                server: { listen: ['127.0.0.1:0'], threads: 1 },
                ...(window.changes && { journal: { path: 'journal', min_free_disk: '1MiB', ...window.changes } }),
            },
        });
        undo(t, () => trial.hold?.letDie());
        const { daemon, ledger } = trial;
        await ledger.load(daemon, { count: 20 });
        await trial.delivered();
        await until('the ballast', () => daemon.logs.some(({ event }) => event === 'journal_ballast_made'));
        assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
        for (let at = 0; at < rounds; ++at) await round(trial, window, random, path.join(trial.records, 'trace'));

        const { guilty, verdict } = trial.judged();
        assert.ok(!guilty, JSON.stringify(verdict, null, 1));
        if (window.doubled === 'any') return;
        for (const one of sinks) {
            // If the event was sent, the other sinks may or may not have recorded theirs before the kill.
            if (one === window.doubled) assert.equal(verdict[one].doubled, rounds, `copies at ${one}`);
            else assert.ok(verdict[one].doubled <= (window.doubled ? rounds : 0), `copies at ${one}`);
        }
    });
}

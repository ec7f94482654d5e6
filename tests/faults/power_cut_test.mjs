// Power cuts: the file system under journal and file sink drops all that was not synced, at a random moment under
// load, again and again. CHATHOOK_POWER_CUTS says how often; CHATHOOK_SEED repeats a run's moments.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { chathookd, Daemon } from '../flow/support/daemon.mjs';
import { cannotMount, Disk } from './support/disk.mjs';
import { Load } from '../flow/support/load.mjs';
import { until } from '../flow/support/wait.mjs';

const cuts = Number(process.env.CHATHOOK_POWER_CUTS ?? 20);
const seed = Number(process.env.CHATHOOK_SEED ?? Date.now() % 1e6);
const helper = process.env.POWER_CUT;
const run = (...args) => execFileSync(helper, args, { encoding: 'utf8' });

// mulberry32
function randomOf(state) {
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let value = Math.imul(state ^ (state >>> 15), 1 | state);
        value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
        return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
    };
}

// Where the power is gone nobody answers any more, whatever a system call under way returns: ext4 lets a sync that
// this kind of cut overtakes succeed without the data.
async function freeze(pid) {
    process.kill(pid, 'SIGSTOP');
    const state = (task) => /\) (\w)/.exec(fs.readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8'))[1];
    await until('every thread to stand', () =>
        fs.readdirSync(`/proc/${pid}/task`).every((task) => 'TD'.includes(state(task))));
}

function comeBack(disk) {
    disk.unmount();
    disk.mount();
}

// Without this the test below would prove nothing: the same cut has to lose what was not synced.
for (const [mode, kept] of [['NORMAL', (count) => count < 200], ['FULL', (count) => count === 200]]) {
    test(`a cut ${mode === 'FULL' ? 'keeps' : 'loses'} what SQLite committed with synchronous=${mode}`,
        { skip: cannotMount }, (t) => {
            const disk = new Disk(t, 64);
            const file = path.join(disk.path, 'control.sqlite');
            const rows = run('write', mode, file).trim().split('\n').length;
            assert.equal(rows, 200);
            run('shutdown', disk.path);
            comeBack(disk);
            const count = Number(run('count', file));
            assert.ok(kept(count), `${count} of 200 rows`);
        });
}

test(`of ${cuts} power cuts under load none loses what was answered (seed ${seed})`, { skip: cannotMount }, async (t) => {
    const random = randomOf(seed);
    const disk = new Disk(t, 256);
    const events = path.join(disk.path, 'events.jsonl');
    const daemon = await Daemon.start(t, {
        journal: { path: path.join(disk.path, 'journal'), min_free_disk: '1MiB' },
        sinks: { events: { type: 'file', path: events } },
    });
    daemon.eventsFile = events;
    const load = new Load(`cut-${seed}`, { connections: 16 });
    let next = 0;
    for (let cut = 0; cut < cuts; ++cut) {
        const before = load.answered.size;
        let stop = false;
        const sending = load.send(daemon, next, next + 100_000, () => stop || daemon.exited);
        await until('answers', () => load.answered.size > before + 20);
        await delay(random() * 300); // the moment of the cut is what varies
        await freeze(daemon.child.pid);
        run('shutdown', disk.path);
        stop = true;
        await daemon.kill();
        await sending;
        comeBack(disk);
        next += 100_000;

        const verified = chathookd(['verify-journal', daemon.config.journal.path]);
        assert.equal(verified.code, 0, `after cut ${cut}: ${verified.out}${verified.err}`);
        await daemon.run();
        let missing;
        await until('all that was answered in the file', () => {
            const seen = new Set(daemon.events.map((event) => event.subject));
            missing = [...load.answered].filter((conversation) => !seen.has(conversation));
            return missing.length === 0;
        }).catch((error) => assert.fail(`after cut ${cut}: ${missing.length} answered are lost; ${error.message}`));
    }
    t.diagnostic(`${cuts} cuts, ${load.answered.size} answered, 0 lost`);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
});

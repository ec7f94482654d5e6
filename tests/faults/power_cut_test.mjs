// Power cuts: the file system under journal and file sink drops everything not synced, at a random moment
// under load, repeatedly. CHATHOOK_POWER_CUTS is the number of cuts; CHATHOOK_SEED repeats a run's moments.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { chathookd } from '../flow/support/daemon.mjs';
import { until } from '../flow/support/wait.mjs';
import { cannotMount, Disk } from './support/disk.mjs';
import { between, chance, seed, times } from './support/seed.mjs';
import { Trial } from './support/trial.mjs';

const cuts = times('CHATHOOK_POWER_CUTS', 100);
const helper = process.env.POWER_CUT;
const run = (...args) => execFileSync(helper, args, { encoding: 'utf8' });

// After a power cut nothing is answered, whatever a system call in progress returns: ext4 lets a sync that
// overlaps this kind of cut succeed without the data.
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

// Without this the test below would prove nothing: the same cut must lose what was not synced.
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

test(`${cuts} power cuts under load lose nothing that was answered (seed ${seed})`, { skip: cannotMount }, async (t) => {
    const random = chance('cuts');
    const disk = new Disk(t, 256);
    const trial = await Trial.start(t, `cut-${seed}`, {
        directory: disk.path,
        changes: { journal: { path: path.join(disk.path, 'journal'), min_free_disk: '1MiB' } },
    });
    const { daemon, ledger } = trial;
    for (let cut = 0; cut < cuts; ++cut) {
        const before = ledger.answered.size;
        let stop = false;
        const loading = ledger.load(daemon, { rate: 1000, stopped: () => stop || daemon.exited });
        await until('answers', () => ledger.answered.size > before + 20);
        await delay(between(random, 0, 300)); // the moment of the cut is what varies
        await freeze(daemon.child.pid);
        run('shutdown', disk.path);
        stop = true;
        await daemon.kill();
        await loading;
        comeBack(disk);

        const verified = chathookd(['verify-journal', daemon.config.journal.path]);
        assert.equal(verified.code, 0, `after cut ${cut}: ${verified.out}${verified.err}`);
        await daemon.run();
    }
    assert.ok(ledger.unanswered > 0, 'the power went while requests were under way');
    await trial.delivered();
    const { guilty, verdict } = trial.judged();
    assert.ok(!guilty, JSON.stringify(verdict, null, 1));
    t.diagnostic(`${cuts} cuts, ${verdict.answered} answered, 0 lost, ${verdict.events.doubled} lines twice`);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
});

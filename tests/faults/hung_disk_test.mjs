// A disk that hangs: calls on it do not return, neither with success nor with an error. Senders get 503 in
// time, readiness says why, and systemd's watchdog is no longer fed, so that the daemon is killed and
// restarted; a disk that recovers by itself is written again. The file system under the journal is frozen
// (fsfreeze), as a dying controller would leave it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { temporaryDirectory } from '../flow/support/daemon.mjs';
import { undo } from '../flow/support/undo.mjs';
import { until } from '../flow/support/wait.mjs';
import { cannotMount, Disk } from './support/disk.mjs';
import { seed } from './support/seed.mjs';
import { Trial } from './support/trial.mjs';

const watchdog = 2_000; // milliseconds, as WatchdogSec= would say

// Receives what systemd would: a datagram socket, read by Perl, because Node has none.
async function listenAsSystemd(t) {
    const socket = path.join(temporaryDirectory(t), 'notify');
    const program = 'use Socket; socket(S, PF_UNIX, SOCK_DGRAM, 0) or die; bind(S, sockaddr_un($ARGV[0])) or die; $| = 1; ' +
        'while (defined recv(S, my $said, 4096, 0)) { print "$said\\n" }';
    const reader = spawn('perl', ['-e', program, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    undo(t, () => reader.kill());
    const heard = { pings: 0, last: 0 };
    reader.stdout.on('data', (text) => {
        const pings = String(text).match(/WATCHDOG=1/g)?.length ?? 0;
        heard.pings += pings;
        if (pings > 0) heard.last = Date.now();
    });
    await until('the socket', () => fs.existsSync(socket));
    return { heard, env: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: String(watchdog * 1000) } };
}

async function onFreezableDisk(t) {
    const disk = new Disk(t, 128);
    let frozen = false;
    const turn = (option) => execFileSync('fsfreeze', [option, disk.path]);
    const thaw = () => {
        if (frozen) turn('--unfreeze');
        frozen = false;
    };
    const trial = await Trial.start(t, `hung-${seed}`, {
        changes: {
            server: { listen: ['127.0.0.1:0'], threads: 2, limits: { commit_timeout: '500ms' } },
            journal: { path: path.join(disk.path, 'journal'), min_free_disk: '1MiB' },
        },
    });
    undo(t, thaw); // before the daemon is stopped, which would hang otherwise
    const freeze = () => {
        turn('--freeze');
        frozen = true;
    };
    const ballast = () => fs.statSync(path.join(disk.path, 'journal', 'ballast'), { throwIfNoEntry: false })?.size ?? 0;
    return { trial, freeze, thaw, ballast };
}

const whole = 16 << 20; // bytes of a finished ballast

const statusOf = async (answer) => (await answer).status;
const readiness = ({ daemon }) => daemon.admin('/readyz');

async function nothingIsLost(trial, unanswered) {
    const { daemon, ledger } = trial;
    await ledger.retry(daemon, unanswered);
    await trial.delivered();
    const { guilty, verdict } = trial.judged();
    assert.ok(!guilty, JSON.stringify(verdict, null, 1));
    assert.equal(verdict.answered, ledger.next);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
}

// What the journal's writer is doing when the disk hangs: a commit, or its own housekeeping.
for (const [when, reached] of [
    ['a commit', (ballast) => ballast === whole],
    ['the ballast', (ballast) => ballast > 0 && ballast < whole],
]) {
    test(`a disk that hangs in ${when} causes 503s, and the journal recovers by itself (seed ${seed})`,
        { skip: cannotMount }, async (t) => {
            const { trial, freeze, thaw, ballast } = await onFreezableDisk(t);
            const { daemon, ledger } = trial;
            await until(`${when}`, () => reached(ballast()));
            freeze();
            const first = `${ledger.name}-${ledger.next}`;
            const since = Date.now();
            assert.equal(await ledger.send(daemon), 503);
            assert.ok(Date.now() - since < 5_000, 'answered within the commit\'s time-out, and some');
            await until('readiness to be gone', async () => (await readiness(trial)).status === 503);
            assert.equal((await daemon.admin('/healthz')).status, 200, 'the process itself is alive');
            thaw();
            await until('readiness', async () => (await readiness(trial)).status === 200);
            await nothingIsLost(trial, [first]);
        });
}

test(`an order that waits for a hanging disk delays neither health nor metrics (seed ${seed})`,
    { skip: cannotMount }, async (t) => {
        const { trial, freeze, thaw, ballast } = await onFreezableDisk(t);
        const { daemon, ledger } = trial;
        await until('the ballast', () => ballast() === whole);
        freeze();
        const first = `${ledger.name}-${ledger.next}`;
        assert.equal(await ledger.send(daemon), 503);
        await until('readiness to be gone', async () => (await readiness(trial)).status === 503);

        let erased = false;
        const order = (path, body) => daemon
            .admin(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
        const orders = [
            order('/api/v1/erase', { email: 'nobody@example.com' }).then((answer) => ((erased = true), answer)),
            order('/api/v1/dead/retry', {}), order('/api/v1/rejections/retry', {}), daemon.admin('/api/v1/events'),
        ];
        for (const one of orders) one.catch(() => {}); // where they are waited for
        for (let round = 0; round < 5; ++round) {
            for (const [path, status] of [['/healthz', 200], ['/metrics', 200], ['/readyz', 503]]) {
                assert.equal(await Promise.race([statusOf(daemon.admin(path)), delay(5_000, 'no answer')]), status, path);
            }
        }
        assert.ok(!erased, 'nobody was told that anything is done');
        thaw();
        for (const { status } of await Promise.all(orders)) assert.equal(status, 200);
        await until('readiness', async () => (await readiness(trial)).status === 200);
        await nothingIsLost(trial, [first]);
    });

test(`a disk that keeps hanging starves the watchdog, and the next start has everything answered (seed ${seed})`,
    { skip: cannotMount }, async (t) => {
        const { trial, freeze, thaw } = await onFreezableDisk(t);
        const { daemon, ledger } = trial;
        await ledger.load(daemon, { count: 50 });
        assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
        const { heard, env } = await listenAsSystemd(t);
        await daemon.run({ env });
        await until('the watchdog to be fed', () => heard.pings >= 3);
        await ledger.load(daemon, { count: 20 });

        freeze();
        const first = `${ledger.name}-${ledger.next}`;
        assert.equal(await ledger.send(daemon), 503);
        await until('the watchdog to starve', () => Date.now() - heard.last > watchdog, 30_000);
        assert.equal((await readiness(trial)).status, 503);
        assert.ok(!daemon.exited);
        // This is what systemd does then. The process cannot even die before the disk returns.
        daemon.signal('SIGABRT');
        thaw();
        await daemon.exit;
        await daemon.run();
        await nothingIsLost(trial, [first]);
    });

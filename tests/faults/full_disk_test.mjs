// A disk filled by us or by a neighbour: events are refused on arrival, nothing answered is lost, and events
// are accepted again by themselves once there is room.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Daemon } from '../flow/support/daemon.mjs';
import { lynnBody } from '../flow/support/vendors.mjs';
import { until } from '../flow/support/wait.mjs';
import { cannotMount, Disk } from './support/disk.mjs';
import { Trial } from './support/trial.mjs';

const ready = (daemon) => daemon.admin('/readyz').then((answer) => answer.status === 200);
const ballast = (disk) => path.join(disk.path, 'journal', 'ballast');
const whole = (file) => fs.existsSync(file) && fs.statSync(file).size === 16 << 20;

// A daemon with its journal on a disk of 96 MiB; its sinks are elsewhere.
async function onSmallDisk(t, retain) {
    const disk = new Disk(t, 96);
    const trial = await Trial.start(t, 'full', {
        changes: { journal: { path: path.join(disk.path, 'journal'), min_free_disk: '1MiB', ...retain } },
    });
    await until('the ballast', () => whole(ballast(disk)));
    return { disk, trial, daemon: trial.daemon, ledger: trial.ledger };
}

// Sends distinct large events until one is refused; returns the refusal.
async function sendUntilRefused({ daemon, ledger }, most) {
    for (let at = 0; at < most; ++at) {
        const status = await ledger.send(daemon, { extra: { customMetadata: { text: 'x'.repeat(200_000) } } });
        if (status !== 200) return ledger.last;
    }
    return undefined;
}

async function takesAgain(on, within) {
    const since = Date.now();
    await until('readiness', () => ready(on.daemon), 20_000);
    assert.ok(Date.now() - since < within, `ready within ${within} ms of space coming back`);
    assert.equal(await sendUntilRefused(on, 3), undefined);
}

async function nothingLost({ trial, daemon }) {
    await trial.delivered();
    const { guilty, verdict } = trial.judged();
    assert.ok(!guilty, JSON.stringify(verdict, null, 1));
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
}

test('events are refused before our own events fill the disk, and purged while it is full', { skip: cannotMount }, async (t) => {
    const on = await onSmallDisk(t, { retain_delivered: '5s', dedupe_window: '1s' });
    const refusal = await sendUntilRefused(on, 1000);
    assert.equal(refusal?.status, 503);
    assert.ok(Number(refusal.headers['retry-after']) > 0);
    assert.ok(on.ledger.answered.size > 20, `${on.ledger.answered.size} were taken before`);
    // Delivered events are deleted meanwhile, on the full disk, and their pages are reused.
    await takesAgain(on, 20_000);
    await nothingLost(on);
});

test('a disk filled by a neighbour to the last byte loses nothing that was answered', { skip: cannotMount }, async (t) => {
    const on = await onSmallDisk(t, { retain_delivered: '1s', dedupe_window: '1s' });
    assert.equal(await sendUntilRefused(on, 20), undefined);
    const giveBack = on.disk.fill();
    const refusal = await sendUntilRefused(on, 1000);
    assert.equal(refusal?.status, 503);
    await until('the ballast to be released', () => fs.statSync(ballast(on.disk)).size === 0);
    // Filling that room, too, does not stop the daemon.
    const giveBackAgain = on.disk.fill();
    assert.equal((await sendUntilRefused(on, 5))?.status, 503);
    assert.equal(on.daemon.exited, undefined);
    giveBackAgain();
    await until('delivered events to be deleted on the full disk', async () =>
        JSON.parse((await on.daemon.admin('/api/v1/events?limit=1')).body).events?.length === 0);
    assert.equal(await ready(on.daemon), false);
    giveBack();
    await takesAgain(on, 5_000);
    await until('the ballast to be made again', () => whole(ballast(on.disk)));
    await nothingLost(on);
});

test('a daemon starts on a full disk, and accepts events once there is room', { skip: cannotMount }, async (t) => {
    const on = await onSmallDisk(t, {});
    assert.equal(await sendUntilRefused(on, 3), undefined);
    await on.daemon.kill();
    const giveBack = on.disk.fill();
    await on.daemon.run({ ready: 503 });
    giveBack();
    await takesAgain(on, 5_000);
    await nothingLost(on);
});

test('an event without room on the disk is refused, and the room of its attempt is freed', { skip: cannotMount }, async (t) => {
    const disk = new Disk(t, 48);
    const daemon = await Daemon.start(t, {
        server: { listen: ['127.0.0.1:0'], threads: 2, limits: { body: '64MiB' } },
        journal: { path: path.join(disk.path, 'journal'), min_free_disk: '1MiB' },
    });
    const body = Buffer.alloc(40_000_000, 0xff); // not JSON
    assert.equal((await daemon.send('lynn', body)).status, 503);
    const taken = async () => (await daemon.send('lynn', lynnBody('small'))).status === 200;
    await until('another event to be taken', taken);
    await daemon.eventually(1);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
});

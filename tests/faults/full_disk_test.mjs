// A disk that fills up, by ourselves and by a neighbour: refused at the door, nothing answered is lost, and
// taken again by itself once there is room.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

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

// Sends large events, each its own, until one is refused; answers the refusal.
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

test('a disk filled by our own events is refused before it is full, and purged while it is', { skip: cannotMount }, async (t) => {
    const on = await onSmallDisk(t, { retain_delivered: '5s', dedupe_window: '1s' });
    const refusal = await sendUntilRefused(on, 1000);
    assert.equal(refusal?.status, 503);
    assert.ok(Number(refusal.headers['retry-after']) > 0);
    assert.ok(on.ledger.answered.size > 20, `${on.ledger.answered.size} were taken before`);
    // Delivered events are deleted meanwhile, on the full disk, and their pages serve again.
    await takesAgain(on, 20_000);
    await nothingLost(on);
});

test('a disk filled by a neighbour to the last byte costs nothing that was answered', { skip: cannotMount }, async (t) => {
    const on = await onSmallDisk(t, { retain_delivered: '1s', dedupe_window: '1s' });
    assert.equal(await sendUntilRefused(on, 20), undefined);
    const giveBack = on.disk.fill();
    const refusal = await sendUntilRefused(on, 1000);
    assert.equal(refusal?.status, 503);
    await until('the ballast to be released', () => fs.statSync(ballast(on.disk)).size === 0);
    // Whoever takes that room too still does not bring us down.
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

test('a daemon starts on a full disk, and takes events once there is room', { skip: cannotMount }, async (t) => {
    const on = await onSmallDisk(t, {});
    assert.equal(await sendUntilRefused(on, 3), undefined);
    await on.daemon.kill();
    const giveBack = on.disk.fill();
    await on.daemon.run({ ready: 503 });
    giveBack();
    await takesAgain(on, 5_000);
    await nothingLost(on);
});

// A disk that fills up, by ourselves and by a neighbour: refused at the door, nothing answered is lost, and
// taken again by itself once there is room.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Daemon } from '../flow/support/daemon.mjs';
import { cannotMount, Disk } from './support/disk.mjs';
import { Receiver } from '../flow/support/receiver.mjs';
import { lynnBody } from '../flow/support/vendors.mjs';
import { until } from '../flow/support/wait.mjs';

const ready = (daemon) => daemon.admin('/readyz').then((answer) => answer.status === 200);
const ballast = (disk) => path.join(disk.path, 'journal', 'ballast');
const whole = (file) => fs.existsSync(file) && fs.statSync(file).size === 16 << 20;

// A daemon with its journal on a disk of 96 MiB; the receiver gets everything.
async function onSmallDisk(t, retain) {
    const disk = new Disk(t, 96);
    const receiver = await Receiver.start(t);
    const daemon = await Daemon.start(t, {
        journal: { path: path.join(disk.path, 'journal'), min_free_disk: '1MiB', ...retain },
        sinks: {
            crm: {
                type: 'http', url: receiver.url, payload: 'cloudevents', allow_private: true, concurrency: 8,
                retry: { initial: '50ms', max: '200ms' },
            },
        },
        routes: [{ to: ['crm'] }],
    });
    await until('the ballast', () => whole(ballast(disk)));
    return { disk, receiver, daemon, answered: new Set() };
}

// Sends large events, each its own, until one is refused; answers the refusal.
async function sendUntilRefused({ daemon, answered }, name, most) {
    for (let at = 0; at < most; ++at) {
        const conversation = `${name}-${at}`;
        const body = lynnBody(conversation, { customMetadata: { text: 'x'.repeat(200_000) } });
        const answer = await daemon.send('lynn', body);
        if (answer.status !== 200) return answer;
        answered.add(conversation);
    }
    return undefined;
}

async function takesAgain(on, within) {
    const since = Date.now();
    await until('readiness', () => ready(on.daemon), 20_000);
    assert.ok(Date.now() - since < within, `ready within ${within} ms of space coming back`);
    assert.equal(await sendUntilRefused(on, 'after', 3), undefined);
}

async function nothingLost({ daemon, receiver, answered }) {
    const subjects = () => new Set(receiver.events.map((event) => event.subject));
    await until('all that was answered at the receiver', () => {
        const seen = subjects();
        return [...answered].every((conversation) => seen.has(conversation));
    });
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
}

test('a disk filled by our own events is refused before it is full, and purged while it is', { skip: cannotMount }, async (t) => {
    const on = await onSmallDisk(t, { retain_delivered: '5s', dedupe_window: '1s' });
    const refusal = await sendUntilRefused(on, 'own', 1000);
    assert.equal(refusal?.status, 503);
    assert.ok(Number(refusal.headers['retry-after']) > 0);
    assert.ok(on.answered.size > 20, `${on.answered.size} were taken before`);
    // Delivered events are deleted meanwhile, on the full disk, and their pages serve again.
    await takesAgain(on, 20_000);
    await nothingLost(on);
});

test('a disk filled by a neighbour to the last byte costs nothing that was answered', { skip: cannotMount }, async (t) => {
    const on = await onSmallDisk(t, { retain_delivered: '1s', dedupe_window: '1s' });
    assert.equal(await sendUntilRefused(on, 'before', 20), undefined);
    const giveBack = on.disk.fill();
    const refusal = await sendUntilRefused(on, 'during', 1000);
    assert.equal(refusal?.status, 503);
    await until('the ballast to be released', () => fs.statSync(ballast(on.disk)).size === 0);
    // Whoever takes that room too still does not bring us down.
    const giveBackAgain = on.disk.fill();
    assert.equal((await sendUntilRefused(on, 'worse', 5))?.status, 503);
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
    assert.equal(await sendUntilRefused(on, 'before', 3), undefined);
    await on.daemon.kill();
    const giveBack = on.disk.fill();
    await on.daemon.run({ ready: 503 });
    giveBack();
    await takesAgain(on, 5_000);
    await nothingLost(on);
});

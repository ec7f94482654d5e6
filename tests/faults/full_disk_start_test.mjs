// A start on a disk that is already full, without a ballast: the daemon serves, refuses with 503, delivers
// what it has, and accepts webhooks again by itself once there is room. Without a journal yet it says what is
// missing.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { binary, chathookd, configuration, Daemon, readEvents, temporaryDirectory } from '../flow/support/daemon.mjs';
import { lynnBody } from '../flow/support/vendors.mjs';
import { until } from '../flow/support/wait.mjs';
import { cannotMount, Disk } from './support/disk.mjs';

const onDisk = (disk) => ({ journal: { path: path.join(disk.path, 'journal'), min_free_disk: '1MiB' } });
const ready = (daemon) => daemon.admin('/readyz').then((answer) => answer.status === 200);

// Too small for a ballast.
async function onSmallDisk(t) {
    const disk = new Disk(t, 24);
    const daemon = await Daemon.start(t, onDisk(disk));
    const large = { customMetadata: { text: 'x'.repeat(100_000) } };
    for (const name of ['first', 'second']) {
        assert.equal((await daemon.send('lynn', lynnBody(name, large))).status, 200);
    }
    await daemon.eventually(2);
    return { disk, daemon };
}

// Fills the disk after a stop, so that the start has nothing to give back: the index that the stop saved goes first.
function fillAfterStop(disk) {
    fs.rmSync(path.join(disk.path, 'journal', 'index'), { force: true });
    return disk.fill();
}

async function refusesThenTakes({ daemon, disk }, giveBack) {
    const refused = await daemon.send('lynn', lynnBody('third'));
    assert.equal(refused.status, 503);
    assert.ok(Number(refused.headers['retry-after']) > 0);
    assert.equal(disk.free, 0);
    giveBack();
    await until('readiness', () => ready(daemon));
    for (const name of ['first', 'second', 'third']) {
        assert.equal((await daemon.send('lynn', lynnBody(name))).status, 200);
    }
}

test('after a stop and after a crash a daemon starts on a disk without a byte left', { skip: cannotMount }, async (t) => {
    const { disk, daemon } = await onSmallDisk(t);
    for (const end of ['stop', 'kill']) {
        await daemon[end]();
        assert.ok(!fs.existsSync(path.join(disk.path, 'journal', 'ballast')), 'there is nothing to give back');
        const giveBack = fillAfterStop(disk);
        await daemon.run({ ready: 503 });
        await refusesThenTakes({ daemon, disk }, giveBack);
    }
    await daemon.logged('that the disk was full', ({ event }) => event === 'journal_opened_on_full_disk');
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    assert.equal(chathookd(['verify-journal', path.join(disk.path, 'journal')]).code, 0);
});

test('a new sink needs no room on a full disk, and gets every later event', { skip: cannotMount }, async (t) => {
    const { disk, daemon } = await onSmallDisk(t);
    await daemon.stop();
    const added = path.join(daemon.directory, 'added.jsonl');
    daemon.configure({
        ...daemon.config,
        sinks: { ...daemon.config.sinks, added: { type: 'file', path: added } },
        routes: [{ to: ['events', 'added'] }],
    });
    const giveBack = fillAfterStop(disk);
    await daemon.run({ ready: 503 });
    await refusesThenTakes({ daemon, disk }, giveBack);
    await until('the new sink to have it', () => readEvents(added).some(({ subject }) => subject === 'third'));
    // It keeps its number after the next start.
    await daemon.stop();
    await daemon.run();
    assert.equal((await daemon.send('lynn', lynnBody('fourth'))).status, 200);
    await until('the new sink to have it', () => readEvents(added).some(({ subject }) => subject === 'fourth'));
});

test('waiting events are delivered while the disk is full', { skip: cannotMount }, async (t) => {
    const disk = new Disk(t, 24);
    const late = (directory) => path.join(directory, 'late', 'events.jsonl');
    const daemon = await Daemon.start(t, (directory) => {
        fs.mkdirSync(path.dirname(late(directory)));
        return { ...onDisk(disk), sinks: { events: { type: 'file', path: late(directory), retry: { initial: '20ms', max: '100ms' } } } };
    });
    const place = path.dirname(late(daemon.directory));
    fs.renameSync(place, `${place}.away`);
    assert.equal((await daemon.send('lynn', lynnBody('waiting'))).status, 200);
    await daemon.kill();
    const giveBack = disk.fill();
    fs.mkdirSync(place);
    await daemon.run({ ready: 503 });
    await until('delivery', () => readEvents(late(daemon.directory)).some(({ subject }) => subject === 'waiting'));
    giveBack();
    await until('readiness', () => ready(daemon));
});

test('a start that cannot create a journal on a full disk exits with 74 and names the bytes needed', { skip: cannotMount }, (t) => {
    const disk = new Disk(t, 24);
    const directory = temporaryDirectory(t);
    const file = path.join(directory, 'chathook.yaml');
    fs.writeFileSync(file, JSON.stringify(configuration(directory, onDisk(disk))));
    disk.fill();
    const { code, out } = chathookd(['serve', '--config', file]);
    assert.equal(code, 74, binary);
    assert.match(out, /the disk is full.*about \d+ bytes are needed and 0 are free/);
});

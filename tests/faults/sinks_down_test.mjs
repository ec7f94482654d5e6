// Each sink in turn is down for a while: nothing is lost, and the other sinks are not affected.
// CHATHOOK_SINK_DOWN is the duration (seconds); CHATHOOK_LAG_WITHIN the allowed lag of the others
// (milliseconds).
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { temporaryDirectory } from '../flow/support/daemon.mjs';
import { until } from '../flow/support/wait.mjs';
import { Disk, cannotMount } from './support/disk.mjs';
import { seed, times } from './support/seed.mjs';
import { Trial } from './support/trial.mjs';
import { Watch } from './support/watch.mjs';

const down = times('CHATHOOK_SINK_DOWN', 5) * 1000;
const lagWithin = times('CHATHOOK_LAG_WITHIN', 1000);
const rate = 50; // a second
const patience = 120_000 + 2 * down;

// Short, so that a brief outage opens the breaker and its end is noticed soon.
const retry = { initial: '20ms', max: '1s', breaker: { failures: 3, pause: '200ms' } };

const sinks = (file, url) => ({
    sinks: {
        events: { type: 'file', path: file, retry },
        console: { type: 'stdout', format: 'json', retry },
        crm: { type: 'http', url, retry, timeout: '1s' },
    },
});

// `victim` is down from `fall()` to `rise()`; `breaks`: it reports failures, so its breaker opens.
async function outage(t, victim, { trial, fall, rise, breaks = true }) {
    const { daemon } = trial;
    const watch = new Watch(trial);
    const others = ['events', 'console', 'crm'].filter((sink) => sink !== victim);
    const logged = (event) => daemon.logs.filter((line) => line.event === event && line.sink === victim);

    // Every sink works at first.
    const warm = performance.now() + 300;
    await watch.run({ rate, going: () => performance.now() < warm, sinks: [...others, victim] });
    assert.ok(watch.slowest(victim) < Infinity, `${victim} works before it is down`);

    await fall();
    const arrived = watch.arrived[victim].size;
    const end = performance.now() + down;
    const sent = await watch.run({ rate, going: () => performance.now() < end, sinks: others });
    assert.ok(sent > (rate * down) / 1000 / 2, `${sent} webhooks were answered meanwhile`);
    assert.ok(watch.arrived[victim].size - arrived < sent, `${victim} was down`);
    for (const sink of others) {
        assert.ok(watch.slowest(sink) < lagWithin, `${sink} lagged ${Math.round(watch.slowest(sink))} ms`);
    }
    const gauge = (name, sink) => daemon.metric(name, { sink });
    await until('the backlog in the metrics', async () => (await gauge('chathook_sink_backlog_events', victim)) > 0);
    if (breaks) {
        assert.equal(logged('sink_breaker_open').length, 1, 'one line when the breaker opens');
        assert.equal(await gauge('chathook_sink_breaker_open', victim), 1);
        assert.ok((await gauge('chathook_sink_failing_seconds', victim)) > 0);
    }
    for (const sink of others) assert.equal(await gauge('chathook_sink_breaker_open', sink), 0);

    await rise();
    const risen = performance.now();
    await trial.delivered(patience);
    const caughtUp = performance.now() - risen;
    const { guilty, verdict } = trial.judged();
    assert.ok(!guilty, JSON.stringify(verdict, null, 1));
    assert.equal(verdict.answered, trial.ledger.answered.size);
    if (breaks) {
        await until('the breaker to close', () => logged('sink_breaker_closed').length === 1);
        assert.equal(logged('sink_breaker_open').length, 1);
        await until('the metric', async () => (await gauge('chathook_sink_breaker_open', victim)) === 0);
    }
    const lag = others.map((sink) => `${sink} ${Math.round(watch.slowest(sink))} ms`).join(', ');
    t.diagnostic(`${verdict.answered} answered, 0 lost; slowest of the others: ${lag}; ` +
        `caught up in ${Math.round(caughtUp)} ms; ${verdict[victim].doubled} came twice (seed ${seed})`);
}

const begin = (t, name, { file = 'events.jsonl', directory } = {}) =>
    Trial.start(t, `${name}-${seed}`, { directory, changes: ({ url }) => sinks(file, url) });

test('the file sink: its directory is moved away', async (t) => {
    const directory = path.join(temporaryDirectory(t), 'out');
    fs.mkdirSync(directory);
    const trial = await begin(t, 'moved', { directory, file: path.join(directory, 'events.jsonl') });
    await outage(t, 'events', {
        trial,
        fall: () => fs.renameSync(directory, `${directory}.away`),
        rise: () => fs.renameSync(`${directory}.away`, directory),
    });
});

test('the file sink: its directory is not writable', { skip: process.getuid() === 0 && 'root may write everywhere' }, async (t) => {
    const directory = path.join(temporaryDirectory(t), 'out');
    fs.mkdirSync(directory);
    const trial = await begin(t, 'unwritable', { directory, file: path.join(directory, 'events.jsonl') });
    await outage(t, 'events', {
        trial,
        fall: () => {
            fs.renameSync(path.join(directory, 'events.jsonl'), path.join(directory, 'events.jsonl.1'));
            fs.chmodSync(directory, 0o500);
        },
        rise: () => fs.chmodSync(directory, 0o700),
    });
});

test('the file sink: its disk is full', { skip: cannotMount }, async (t) => {
    const disk = new Disk(t, 16);
    const trial = await begin(t, 'full', { directory: disk.path, file: path.join(disk.path, 'events.jsonl') });
    let free;
    await outage(t, 'events', { trial, fall: () => (free = disk.fill()), rise: () => free() });
});

test('the stdout sink: its reader reads nothing', async (t) => {
    const trial = await begin(t, 'blocked');
    const { stdout } = trial.daemon.child;
    await outage(t, 'console', {
        trial,
        fall: () => stdout.pause(),
        rise: () => stdout.resume(),
        breaks: false, // a pipe holds 64 KiB, and a reader is given five seconds
    });
});

test('the stdout sink: its reader is gone until the daemon is restarted', async (t) => {
    const trial = await begin(t, 'gone');
    const { daemon } = trial;
    const watch = new Watch(trial);
    const warm = performance.now() + 300;
    await watch.run({ rate, going: () => performance.now() < warm, sinks: ['events', 'console', 'crm'] });
    daemon.child.stdout.destroy();
    const end = performance.now() + down;
    await watch.run({ rate, going: () => performance.now() < end, sinks: ['events', 'crm'] });
    for (const sink of ['events', 'crm']) {
        assert.ok(watch.slowest(sink) < lagWithin, `${sink} lagged ${Math.round(watch.slowest(sink))} ms`);
    }
    const opened = await daemon.logged('that a breaker opened', (line) => line.event === 'sink_breaker_open');
    assert.equal(opened.sink, 'console');
    assert.match(opened.reason, /Broken pipe/);
    await daemon.stop();
    await daemon.run();
    await trial.delivered(patience);
    const { guilty, verdict } = trial.judged();
    assert.ok(!guilty, JSON.stringify(verdict, null, 1));
    t.diagnostic(`${verdict.answered} answered, 0 lost (seed ${seed})`);
});

test('the http sink: nobody listens', async (t) => {
    const trial = await begin(t, 'refused');
    await outage(t, 'crm', {
        trial,
        fall: () => trial.receiver.close(),
        rise: () => trial.receiver.up(),
    });
});

test('the http sink: the receiver accepts connections and never answers', async (t) => {
    const trial = await begin(t, 'hung');
    const port = trial.receiver.port;
    let hung;
    await outage(t, 'crm', {
        trial,
        fall: async () => {
            await trial.receiver.close();
            hung = net.createServer(() => {});
            hung.sockets = new Set();
            hung.on('connection', (socket) => hung.sockets.add(socket.on('error', () => {})));
            await new Promise((resolve) => hung.listen(port, '127.0.0.1', resolve));
        },
        rise: async () => {
            for (const socket of hung.sockets) socket.destroy();
            await new Promise((resolve) => hung.close(resolve));
            await trial.receiver.up();
        },
    });
});

test('all sinks are down at once, and the daemon is killed meanwhile', async (t) => {
    const directory = path.join(temporaryDirectory(t), 'out');
    fs.mkdirSync(directory);
    const trial = await begin(t, 'all', { directory, file: path.join(directory, 'events.jsonl') });
    const { daemon, ledger } = trial;
    await ledger.load(daemon, { count: 50 });
    fs.renameSync(directory, `${directory}.away`);
    daemon.child.stdout.pause();
    await trial.receiver.close();
    await ledger.load(daemon, { count: 200 });
    await delay(500);
    await daemon.kill();
    await daemon.run();
    fs.renameSync(`${directory}.away`, directory);
    await trial.receiver.up();
    await trial.delivered(patience);
    const { guilty, verdict } = trial.judged();
    assert.ok(!guilty, JSON.stringify(verdict, null, 1));
    assert.equal(verdict.answered, 250);
});

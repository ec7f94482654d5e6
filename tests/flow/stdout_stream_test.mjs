// Standard output and standard error as one stream, as under systemd, in a container and after 2>&1: every
// event is a whole line, whatever is logged meanwhile, and a stalled reader blocks nothing else.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { Daemon, configuration, temporaryDirectory } from './support/daemon.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const oneStream = ['/bin/sh', '-c', 'exec "$@" 2>&1', 'sh'];
const filler = 'x'.repeat(3000); // occurs twice in an event: normalized and original

const body = (name) => {
    const value = JSON.parse(lynnBody(name));
    value.messages = [{ senderRole: 'human', text: `${name} ${filler}` }];
    return JSON.stringify(value);
};

async function start(t, { under = oneStream, level = 'debug', env } = {}) {
    const directory = temporaryDirectory(t);
    const daemon = new Daemon(
        directory,
        configuration(directory, {
            sinks: { console: { type: 'stdout', retry: { initial: '100ms', max: '1s' } } },
            routes: [{ to: ['console'] }],
            log: { format: 'json', level },
        }),
    );
    undo(t, () => daemon.end());
    await daemon.run({ under, env });
    return daemon;
}

// Posts events NAME-0 to NAME-(COUNT-1) over 16 connections; returns the time of the slowest answer in
// milliseconds.
async function sendAll(daemon, name, count) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
    let next = 0;
    let slowest = 0;
    const worker = async () => {
        while (next < count) {
            const began = performance.now();
            const answer = await daemon.send('lynn', body(`${name}-${next++}`), { agent });
            assert.equal(answer.status, 200);
            slowest = Math.max(slowest, performance.now() - began);
        }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    agent.destroy();
    return slowest;
}

// Daemon parses every line that begins like an event, and its reader throws if one is torn.
const conversations = (daemon) => new Set(daemon.printed.map((line) => JSON.parse(line).data.original.conversationId));

test('3,000 events of 6 KB and a debug log on one stream: every line is whole', async (t) => {
    const daemon = await start(t);
    await sendAll(daemon, 'whole', 3000);
    await until('all events', () => conversations(daemon).size === 3000, 60_000);
    for (const line of daemon.lines) assert.doesNotThrow(() => JSON.parse(line), line.slice(0, 200));
    await daemon.logged('in the same stream what was accepted', ({ event }) => event === 'accepted');
    await until('the count', async () => (await daemon.metric('chathook_deliveries_total', { outcome: 'delivered' })) === 3000);
    assert.equal(daemon.printed.length, 3000, 'each once');
});

test('a reader that stalls for 6 s blocks no request, tears no line, and gets the rest afterwards', async (t) => {
    const daemon = await start(t);
    daemon.child.stdout.pause();
    const began = performance.now();
    for (let round = 0; performance.now() - began < 6000; ++round) {
        const slowest = await sendAll(daemon, `stalled-${round}`, 50);
        assert.ok(slowest < 5000, `an answer took ${slowest} ms`);
        daemon.rounds = round + 1;
        await delay(100);
    }
    const delivered = await daemon.metric('chathook_deliveries_total', { outcome: 'delivered' });
    assert.ok(delivered < daemon.rounds * 50, 'what was not taken is not delivered');
    daemon.child.stdout.resume();
    await until('all events', () => conversations(daemon).size === daemon.rounds * 50, 60_000);
    for (const line of daemon.lines) assert.doesNotThrow(() => JSON.parse(line), line.slice(0, 200));
});

test('dropped log lines are counted, and the log reports them once it is read again', async (t) => {
    const daemon = await start(t);
    daemon.child.stdout.pause();
    const lost = () => daemon.metric('chathook_log_lines_lost_total');
    for (let round = 0; !(await lost()); ++round) {
        const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
        const refused = () => daemon.send('lynn', '{}', { headers: { 'x-lynn-signature': `${round}` }, agent });
        for (let i = 0; i < 20; ++i) await Promise.all(Array.from({ length: 32 }, refused));
        agent.destroy();
        assert.ok(round < 200, 'lines are lost in the end');
    }
    daemon.child.stdout.resume();
    const told = await until('the line', () => daemon.logs.find(({ event }) => event === 'log_overrun'));
    assert.ok(Number(told.lines_lost) > 0);
});

test('a reader that has stopped reading does not delay the stop', async (t) => {
    const daemon = await start(t);
    daemon.child.stdout.pause();
    await sendAll(daemon, 'stop', 100);
    const gone = once(daemon.child, 'exit');
    daemon.signal('SIGTERM');
    const began = performance.now();
    const [code] = await gone;
    assert.equal(code, 0);
    t.diagnostic(`from SIGTERM to the end ${Math.round(performance.now() - began)} ms`);
    daemon.child.stdout.resume();
    await daemon.exit;
    // The written part of the current line is at the very end: nothing follows it.
    const broken = daemon.lines.slice(0, -1).filter((line) => line.startsWith('{"specversion"') && !line.endsWith('}'));
    assert.deepEqual(broken, []);
});

test('two streams stay separate: events on one, the log on the other', async (t) => {
    const daemon = await start(t, { under: [] });
    await sendAll(daemon, 'two', 20);
    await until('all events', () => conversations(daemon).size === 20);
});

test('the log warns of a stdout sink whose standard output is discarded', async (t) => {
    // Daemon reads both streams; only the log is left on them.
    const daemon = await start(t, { under: ['/bin/sh', '-c', 'exec "$@" >/dev/null', 'sh'], level: 'info' });
    const warned = await daemon.logged('the warning', ({ event }) => event === 'stdout_goes_nowhere');
    assert.equal(warned.sink, 'console');
});

test('the log warns of a stdout sink whose standard output was closed, and its events wait', async (t) => {
    const daemon = await start(t, { under: ['/bin/sh', '-c', 'exec "$@" >&-', 'sh'], level: 'info' });
    const warned = await daemon.logged('the warning', ({ event }) => event === 'stdout_goes_nowhere');
    assert.match(warned.reason, /closed at the start/);
    await sendAll(daemon, 'closed', 1);
    await daemon.logged('that the sink fails', ({ event }) => event === 'sink_failing');
    await until('it to wait', async () => (await daemon.metric('chathook_sink_backlog_events', { sink: 'console' })) === 1);
});

// The longest time from one process to the next: senders of webhooks give up after three seconds.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import test from 'node:test';

import { startHeld } from './support/held_socket.mjs';
import { request } from './support/http.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody, signed } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

// Stops the daemon and starts the next one: at most three seconds may pass from SIGTERM to its first 200.
async function stopsInTime(t, daemon) {
    const begun = performance.now();
    const next = daemon.stop().then((how) => {
        t.diagnostic(`the stop took ${Math.round(performance.now() - begun)} ms`);
        assert.deepEqual(how, { code: 0, signal: null });
        return daemon.again();
    });
    await until('the stop', () => daemon.logs.some(({ event }) => event === 'stopping'));
    const body = lynnBody('next');
    const url = `http://127.0.0.1:${daemon.port}/webhooks/lynn`;
    const answered = request(url, { method: 'POST', headers: signed('lynn', body), body });
    assert.equal((await answered).status, 200);
    const took = performance.now() - begun;
    t.diagnostic(`from SIGTERM to the first 200 of the next process: ${Math.round(took)} ms`);
    await next;
    assert.ok(took <= 3000, `${took} ms`);
}

// Everything that may delay a stop, all at once.
test('the time from SIGTERM to the next 200 is at most three seconds, whatever hangs', async (t) => {
    let hanging = 0;
    const blackHole = net.createServer((socket) => {
        socket.on('error', () => {}).on('data', () => (hanging += 1));
    });
    await new Promise((resolve) => blackHole.listen(0, '127.0.0.1', resolve));
    undo(t, () => blackHole.close());
    const daemon = await startHeld(t, {
        server: { limits: { idle_timeout: '1h' } },
        sinks: {
            events: { type: 'file', path: 'events.jsonl' },
            console: { type: 'stdout' },
            crm: { type: 'http', url: `http://127.0.0.1:${blackHole.address().port}/`, timeout: '5m' },
        },
        routes: [{ to: ['events', 'console', 'crm'] }],
    });
    daemon.child.stdout.pause(); // its reader stalls
    const url = `http://127.0.0.1:${daemon.port}/webhooks/lynn`;
    const agent = new http.Agent({ keepAlive: true });
    const padding = 'x'.repeat(20_000);
    const post = async (conversation) => {
        const body = lynnBody(conversation, { padding });
        const sent = request(url, { method: 'POST', headers: signed('lynn', body), body, agent });
        assert.equal((await sent).status, 200);
    };
    const streams = await Promise.all(Array.from({ length: 300 }, () => openStream(t, daemon.adminAddress)));
    for (let i = 0; i < 20; ++i) await post(`before-${i}`);
    await until('an event at the receiver that never answers', () => hanging > 0);
    const silent = await Promise.all(Array.from({ length: 20 }, () => connect(daemon.port)));

    await stopsInTime(t, daemon);
    agent.destroy();
    for (const socket of [...streams, ...silent]) socket.destroy();
});

// Work on the journal that takes longer than a stop may, both running and queued: pages of an erasure that
// inspect each event, lists of large events, and searches that scan every row and find none.
test('long queries and orders on the admin address do not delay a stop', { timeout: 120_000 }, async (t) => {
    const daemon = await startHeld(t);
    const url = `http://127.0.0.1:${daemon.port}/webhooks/lynn`;
    const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
    const text = 'call me at 0123 456 789 or write to nobody@example.org. '.repeat(16_000);
    const post = async (number) => {
        const body = lynnBody(`large-${number}`, { text });
        const sent = request(url, { method: 'POST', headers: signed('lynn', body), body, agent });
        assert.equal((await sent).status, 200);
    };
    await Promise.all(Array.from({ length: 80 }, (_, number) => post(number)));
    agent.destroy();

    const ask = (target, options) => daemon.admin(target, options).catch(() => ({ status: 'cut' }));
    const headers = { 'content-type': 'application/json' };
    const erase = { method: 'POST', headers, body: '{"email":"visitor@example.com","dry_run":true}' };
    const alone = performance.now();
    assert.equal((await ask('/api/v1/erase', erase)).status, 200);
    t.diagnostic(`one page of an erasure takes ${Math.round(performance.now() - alone)} ms`);
    const asked = [
        ...Array.from({ length: 30 }, () => ask('/api/v1/erase', erase)),
        ...Array.from({ length: 30 }, () => ask('/api/v1/events?limit=1000')),
        ...Array.from({ length: 30 }, () => ask('/api/v1/events?newest=1&limit=1000')),
        ...Array.from({ length: 30 }, () => ask('/api/v1/events?type=nothing*&limit=1000')),
    ];
    await until('the work to have begun', async () => (await ask('/healthz')).status === 200);
    await stopsInTime(t, daemon);
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    t.diagnostic(`${statuses.filter((status) => status === 'cut').length} of ${statuses.length} were cut`);
    assert.ok(statuses.includes('cut'), 'there was more to do than the stop waited for');
});

function connect(port) {
    return new Promise((resolve, reject) => {
        const socket = net.connect(port, '127.0.0.1', () => resolve(socket));
        socket.on('error', reject);
    });
}

// A client of the event stream that stops reading after the first bytes.
async function openStream(t, address) {
    const socket = await connect(Number(address.split(':').pop()));
    undo(t, () => socket.destroy());
    socket.write(`GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    return socket;
}

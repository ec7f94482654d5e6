// Behind a load balancer that speaks the PROXY protocol: which address counts, and which peers may send it.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Daemon } from './support/daemon.mjs';
import { RawConnection } from './support/http.mjs';
import { lynnBody, signed } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const behind = (trusted, limits = {}) => ({
    server: {
        listen: ['127.0.0.1:0'],
        threads: 1,
        trusted_proxies: trusted,
        proxy_protocol: true,
        limits,
    },
});

const textHeader = (client) => `PROXY TCP4 ${client} 192.0.2.1 40000 443\r\n`;

function binaryHeader(client) {
    const address = client.split('.').map(Number);
    const bytes = [0x21, 0x11, 0, 12, ...address, 192, 0, 2, 1, 0x9c, 0x40, 0x01, 0xbb];
    return '\r\n\r\n\0\r\nQUIT\n' + Buffer.from(bytes).toString('latin1');
}

function webhook(conversation, secret) {
    const body = lynnBody(conversation);
    const fields = { host: 'a', ...signed('lynn', body, secret), 'content-length': body.length };
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
    return `POST /webhooks/lynn HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

// Returns {status, head}; status is undefined if the connection was closed without an answer.
async function exchange(daemon, bytes) {
    const connection = await RawConnection.open(daemon.url);
    connection.send(bytes);
    await until('an answer or the end', () => connection.status || connection.ended);
    const { status, received } = connection;
    connection.close();
    return { status, head: received.slice(0, received.indexOf('\r\n\r\n')) };
}

const refusalIn = (daemon) =>
    until('the reason in the log', () =>
        daemon.logs.some((line) => line.event === 'proxy_header_refused'),
    );

test('the log names the client of the PROXY header, in either version', async (t) => {
    const daemon = await Daemon.start(t, behind(['127.0.0.0/8']));
    assert.equal((await exchange(daemon, textHeader('203.0.113.7') + webhook('text'))).status, 200);
    assert.equal((await exchange(daemon, binaryHeader('203.0.113.8') + webhook('binary'))).status, 200);
    await daemon.eventually(2);
    const clients = () =>
        daemon.logs.filter((line) => line.event === 'accepted').map((line) => line.client);
    await until('both in the log', () => clients().length === 2);
    assert.deepEqual(clients(), ['203.0.113.7', '203.0.113.8']);
});

test('without a PROXY header, or from an untrusted peer, a connection gets no answer', async (t) => {
    const daemon = await Daemon.start(t, behind(['127.0.0.0/8']));
    assert.equal((await exchange(daemon, webhook('bare'))).status, undefined);
    await refusalIn(daemon);
    await daemon.stop();

    const stranger = await Daemon.start(t, behind(['192.0.2.0/24']));
    const lie = textHeader('203.0.113.7') + webhook('lie');
    assert.equal((await exchange(stranger, lie)).status, undefined);
    await refusalIn(stranger);
    assert.deepEqual(daemon.events.concat(stranger.events), []);
});

test('a client that forges too often gets 429; other clients and valid signatures do not', async (t) => {
    const limits = { failed_verifications_burst: 3, failed_verifications_per_minute: 1 };
    const daemon = await Daemon.start(t, behind(['127.0.0.0/8'], limits));
    const forged = webhook('forged', 'a-secret-that-nobody-has');
    const from = (client, bytes) => exchange(daemon, textHeader(client) + bytes);
    for (let i = 0; i < 3; ++i) assert.equal((await from('203.0.113.7', forged)).status, 401);
    const limited = await from('203.0.113.7', forged);
    assert.equal(limited.status, 429);
    assert.match(limited.head, /\r\nRetry-After: \d+/);
    assert.equal((await from('203.0.113.8', forged)).status, 401, 'another client');
    assert.equal((await from('203.0.113.7', webhook('genuine'))).status, 200, 'the same, signed right');
    assert.equal(await daemon.metric('chathook_rejections_total', { reason: 'rate_limited' }), 1);
    assert.deepEqual(
        (await daemon.eventually(1)).map((event) => event.subject),
        ['genuine'],
    );
});

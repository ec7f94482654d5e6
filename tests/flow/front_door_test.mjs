// Requests that are refused before their signature is checked: wrong path, method, size, coding or framing.
// None of them becomes an event.
import assert from 'node:assert/strict';
import test from 'node:test';
import { gzipSync } from 'node:zlib';

import { Daemon } from './support/daemon.mjs';
import { post, RawConnection, request } from './support/http.mjs';
import { lynnBody, signed } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const body = lynnBody('front-door');

async function startSmall(t, limits = {}) {
    return Daemon.start(t, {
        server: { listen: ['127.0.0.1:0'], threads: 1, limits: { body: '4KiB', ...limits } },
    });
}

// Sends these bytes on a new connection and returns the status of the answer.
async function rawStatus(daemon, bytes) {
    const connection = await RawConnection.open(daemon.url);
    connection.send(bytes);
    await until(
        `an answer to ${JSON.stringify(bytes.slice(0, 60))}`,
        () => connection.status || connection.ended,
    );
    connection.close();
    return connection.status;
}

async function leavesNoEvent(daemon) {
    assert.equal((await daemon.send('lynn', lynnBody('afterwards'))).status, 200);
    await daemon.eventually(1);
    await daemon.stop();
    assert.deepEqual(
        daemon.events.map((event) => event.subject),
        ['afterwards'],
    );
}

test('an unknown path is answered 404, and paths match exactly', async (t) => {
    const daemon = await startSmall(t);
    for (const path of [
        '/',
        '/webhooks',
        '/webhooks/lynn/',
        '/webhooks/Lynn',
        '/webhooks//lynn',
        '/webhooks/%6cynn',
    ]) {
        const answer = await post(daemon.url + path, signed('lynn', body), body);
        assert.equal(answer.status, 404, path);
    }
    await leavesNoEvent(daemon);
});

test('any method but POST is answered 405 with Allow: POST', async (t) => {
    const daemon = await startSmall(t);
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        const answer = await request(`${daemon.url}/webhooks/lynn`, { method });
        assert.equal(answer.status, 405, method);
        assert.equal(answer.headers.allow, 'POST', method);
    }
    await leavesNoEvent(daemon);
});

test('a body over the limit is answered 413 and recorded for its source, with or without a Content-Length', async (t) => {
    const daemon = await startSmall(t);
    const big = lynnBody('big', { padding: 'x'.repeat(5000) });
    const answer = await daemon.send('lynn', big);
    assert.equal(answer.status, 413);
    const chunked = { ...signed('lynn', big), 'transfer-encoding': 'chunked' };
    assert.equal((await daemon.send('lynn', big, { headers: chunked })).status, 413);

    const counted = { source: 'lynn', reason: 'body_too_large' };
    assert.equal(await daemon.metric('chathook_rejections_total', counted), 2);
    const noted = await until('both refusals in the ledger', async () => {
        const { rejections } = JSON.parse((await daemon.admin('/api/v1/rejections')).body);
        return rejections.length === 2 && rejections;
    });
    for (const { source, reason, status, client } of noted) {
        assert.deepEqual({ source, reason, status, client }, { ...counted, status: 413, client: '127.0.0.1' });
    }
    assert.equal(noted[0].body_size, Buffer.byteLength(big), 'as it was announced');
    assert.ok(noted[1].body_size <= 4096, 'no more than was read');
    await leavesNoEvent(daemon);
});

test('a body of exactly the limit is accepted', async (t) => {
    const daemon = await startSmall(t);
    const padding = 4096 - lynnBody('exact', { padding: '' }).length;
    const exact = lynnBody('exact', { padding: 'x'.repeat(padding) });
    assert.equal(exact.length, 4096);
    assert.equal((await daemon.send('lynn', exact)).status, 200);
    const chunked = lynnBody('chunk', { padding: 'x'.repeat(padding) });
    const headers = { ...signed('lynn', chunked), 'transfer-encoding': 'chunked' };
    assert.equal((await daemon.send('lynn', chunked, { headers })).status, 200);
    assert.equal((await daemon.eventually(2)).length, 2);
});

test('a compressed body is answered 415, because the signed bytes are unknown', async (t) => {
    const daemon = await startSmall(t);
    const zipped = gzipSync(body);
    const headers = { ...signed('lynn', zipped), 'content-encoding': 'gzip' };
    assert.equal((await daemon.send('lynn', zipped, { headers })).status, 415);
    await leavesNoEvent(daemon);
});

test('a POST without a length gets 411, an unknown expectation 417, a head that is too long 431', async (t) => {
    const daemon = await startSmall(t);
    const head = 'POST /webhooks/lynn HTTP/1.1\r\nHost: localhost\r\n';
    assert.equal(await rawStatus(daemon, `${head}\r\n`), 411);
    assert.equal(await rawStatus(daemon, `${head}Content-Length: 2\r\nExpect: a-miracle\r\n\r\n{}`), 417);
    assert.equal(
        await rawStatus(daemon, `${head}Content-Length: 2\r\nX-Long: ${'x'.repeat(20000)}\r\n\r\n{}`),
        431,
    );
    await leavesNoEvent(daemon);
});

test('100 Continue is sent only if the request would be accepted so far', async (t) => {
    const daemon = await startSmall(t);
    const signature = signed('lynn', body)['x-lynn-hmac-sha256'];
    const head = (path, lines) =>
        [`POST ${path} HTTP/1.1`, 'Host: localhost', 'Expect: 100-continue', ...lines, '', ''].join('\r\n');
    const proof = `X-Lynn-Hmac-Sha256: ${signature}`;
    const length = `Content-Length: ${body.length}`;
    const refused = {
        'an unknown path': [404, head('/nowhere', [proof, length])],
        'too long a body': [413, head('/webhooks/lynn', [proof, 'Content-Length: 4097'])],
        'a compressed body': [415, head('/webhooks/lynn', [proof, length, 'Content-Encoding: gzip'])],
        'no signature': [401, head('/webhooks/lynn', [length])],
        'two signatures': [401, head('/webhooks/lynn', [proof, proof, length])],
        'ambiguous framing': [400, head('/webhooks/lynn', [proof, length, length])],
    };
    for (const [name, [status, bytes]] of Object.entries(refused)) {
        const connection = await RawConnection.open(daemon.url);
        connection.send(bytes);
        await until(`the end of the connection after ${name}`, () => connection.ended);
        assert.equal(connection.status, status, name);
        assert.equal(connection.received.match(/HTTP\/1\.1 /g).length, 1, `${name}: no 100 before it`);
    }
    const connection = await RawConnection.open(daemon.url);
    connection.send(head('/webhooks/lynn', [proof, length]));
    await until('the word to go on', () => connection.received === 'HTTP/1.1 100 Continue\r\n\r\n');
    connection.send(body);
    await until('the answer', () => connection.received.includes('HTTP/1.1 200 '));
    assert.equal((await daemon.eventually(1))[0].subject, 'front-door');
    connection.close();
});

test('ambiguous framing gets 400 and closes the connection', async (t) => {
    const daemon = await startSmall(t);
    const line = 'POST /webhooks/lynn HTTP/1.1\r\n';
    const second = `${line}Host: localhost\r\nContent-Length: 0\r\n\r\n`;
    const chunked = 'Transfer-Encoding: chunked\r\n';
    const ambiguous = {
        'length and chunked': `${line}Host: a\r\nContent-Length: 5\r\n${chunked}\r\n0\r\n\r\n`,
        'two lengths': `${line}Host: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n`,
        'no host': `${line}Content-Length: 0\r\n\r\n`,
        'two hosts': `${line}Host: a\r\nHost: b\r\nContent-Length: 0\r\n\r\n`,
        'chunked twice': `${line}Host: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n`,
        'a folded header': `${line}Host: a\r\nX-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n`,
        'a space before the colon': `${line}Host: a\r\nContent-Length : 0\r\n\r\n`,
    };
    for (const [name, bytes] of Object.entries(ambiguous)) {
        const connection = await RawConnection.open(daemon.url);
        connection.send(bytes + second);
        await until(`the end of the connection after ${name}`, () => connection.ended);
        assert.equal(connection.status, 400, name);
        assert.equal(
            connection.received.match(/HTTP\/1\.1 /g).length,
            1,
            `${name}: nothing after it is answered`,
        );
    }
    await leavesNoEvent(daemon);
});

test('a client that never finishes its request is answered 408 and disconnected', async (t) => {
    const daemon = await startSmall(t, { header_timeout: '300ms', body_timeout: '300ms' });
    const head = 'POST /webhooks/lynn HTTP/1.1\r\nHost: localhost\r\n';
    for (const bytes of [head, `${head}Content-Length: 100\r\n\r\n{"half":`]) {
        const connection = await RawConnection.open(daemon.url);
        connection.send(bytes);
        await until('the daemon to lose patience', () => connection.ended);
        assert.equal(connection.status, 408, bytes);
    }
    await leavesNoEvent(daemon);
});

test('several requests on one connection are answered in order', async (t) => {
    const daemon = await startSmall(t);
    const connection = await RawConnection.open(daemon.url);
    const one = (conversation) => {
        const text = lynnBody(conversation);
        const signature = signed('lynn', text)['x-lynn-hmac-sha256'];
        return (
            `POST /webhooks/lynn HTTP/1.1\r\nHost: localhost\r\nX-Lynn-Hmac-Sha256: ${signature}\r\n` +
            `Content-Length: ${text.length}\r\n\r\n${text}`
        );
    };
    connection.send(one('first') + one('second') + one('third'));
    await until('three answers', () => (connection.received.match(/HTTP\/1\.1 200 /g) ?? []).length === 3);
    const events = await daemon.eventually(3);
    assert.deepEqual(
        events.map((event) => event.subject),
        ['first', 'second', 'third'],
    );
    connection.close();
});

test('X-Forwarded-For names the client only if a trusted proxy sent it', async (t) => {
    const trusting = await Daemon.start(t, {
        server: { listen: ['127.0.0.1:0'], threads: 1, trusted_proxies: ['127.0.0.0/8'] },
    });
    const headers = { ...signed('lynn', body), 'x-forwarded-for': '203.0.113.9, 198.51.100.7' };
    await trusting.send('lynn', body, { headers });
    await until('the log line', () => trusting.logs.some((line) => line.event === 'accepted'));
    assert.equal(trusting.logs.find((line) => line.event === 'accepted').client, '198.51.100.7');

    const wary = await Daemon.start(t, {
        server: { listen: ['127.0.0.1:0'], threads: 1, trusted_proxies: [] },
    });
    await wary.send('lynn', body, { headers });
    await until('the log line', () => wary.logs.some((line) => line.event === 'accepted'));
    assert.equal(wary.logs.find((line) => line.event === 'accepted').client, '127.0.0.1');
});

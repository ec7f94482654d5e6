// Bodies around the limit in every framing, through nginx, Caddy and HAProxy as config/proxies sets them up:
// a body that fits is accepted, and a larger one is answered 413, by the proxy or by the daemon. After a 5xx
// or a broken connection a sender would retry for days.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http2 from 'node:http2';
import path from 'node:path';
import test from 'node:test';

import { Daemon, temporaryDirectory } from './support/daemon.mjs';
import { proxies } from './support/proxies.mjs';
import { lynnBody, signed } from './support/vendors.mjs';

const host = 'hooks.example.com';
const limit = 1 << 20; // the daemon's default, which the shipped files repeat
const sizes = { 'a byte less': limit - 1, 'the limit': limit, 'a byte more': limit + 1, '3 MB': 3e6 };

// The arguments of curl for each way to frame a body in HTTP/1.1.
const atOnce = ['-H', 'Expect:'];
const waiting = ['-H', 'Expect: 100-continue', '--expect100-timeout', '10'];
const chunked = ['-H', 'Transfer-Encoding: chunked'];
const framings = {
    'Content-Length': atOnce,
    'Content-Length, waiting for 100': waiting,
    chunked: [...atOnce, ...chunked],
    'chunked, waiting for 100': [...waiting, ...chunked],
};
const kinds = { nginx: framings, haproxy: framings, caddy: { ...framings, 'HTTP/2': http2Post } };

const bodyOf = (conversation, size) => {
    const without = lynnBody(conversation, { padding: '' }).length;
    return lynnBody(conversation, { padding: 'x'.repeat(size - without) });
};

// Returns the last status that curl saw, or its error.
function curl(port, body, args, directory) {
    const file = path.join(directory, 'body');
    fs.writeFileSync(file, body);
    const headers = Object.entries(signed('lynn', body));
    const fields = headers.flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const options = ['-sS', '-k', '--http1.1', '--max-time', '60', '-o', '/dev/null', '-w', '%{http_code}'];
    const to = ['--resolve', `${host}:${port}:127.0.0.1`, `https://${host}:${port}/webhooks/lynn`];
    const child = spawn('curl', [...options, ...fields, ...args, '--data-binary', `@${file}`, ...to]);
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    const answer = (code) => (code === 0 ? Number(out) : `${code} after ${out}: ${err.trim()}`);
    return new Promise((resolve) => child.once('close', (code) => resolve(answer(code))));
}

// The same over HTTP/2. A server that answers before it has read the body ends the stream with NO_ERROR (RFC
// 9113, 8.1), which curl 7.88 reports as a failure.
async function http2Post(port, body) {
    const session = http2.connect(`https://${host}:${port}`, {
        lookup: (name, options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
        rejectUnauthorized: false,
    });
    const stream = session.request({ ':method': 'POST', ':path': '/webhooks/lynn', ...signed('lynn', body) });
    let status;
    stream.on('response', (headers) => (status = headers[':status']));
    stream.end(body);
    const failed = await new Promise((resolve) => {
        session.once('error', resolve);
        stream.once('error', resolve);
        stream.once('close', () => resolve());
        stream.resume();
    });
    session.destroy();
    return failed ? `${failed.message} after ${status}` : status;
}

for (const [name, start] of Object.entries(proxies)) {
    test(`behind ${name}, a body that fits is accepted and a larger one is 413, in any framing`, async (t) => {
        const daemon = await Daemon.start(t, {
            server: { listen: ['127.0.0.1:0'], threads: 2, trusted_proxies: ['127.0.0.1/32'] },
        });
        const proxy = await start(t, daemon);
        const directory = temporaryDirectory(t);
        const [wrong, accepted] = [[], []];
        for (const [framing, how] of Object.entries(kinds[name])) {
            for (const [what, size] of Object.entries(sizes)) {
                const conversation = `${framing}: ${what}`;
                const body = bodyOf(conversation, size);
                const status = await (how === http2Post
                    ? http2Post(proxy.port, body)
                    : curl(proxy.port, body, how, directory));
                if (size <= limit) accepted.push(conversation);
                if (status !== (size <= limit ? 200 : 413)) wrong.push(`${conversation}: ${status}`);
            }
        }
        assert.deepEqual(wrong, []);
        const events = await daemon.eventually(accepted.length);
        assert.deepEqual(events.map(({ subject }) => subject).sort(), accepted.sort());
        const forged = daemon.logs.filter(({ reason }) => reason === 'wrong_signature');
        assert.deepEqual(forged, [], 'no body is cut on its way');
    });
}

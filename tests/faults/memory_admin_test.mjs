// Memory under load at the admin address: unread streams, lists of large events, dead letters and refused
// requests, under the default limits and, where this user may create one, in a memory cgroup as large as the
// unit's MemoryMax. Genuine webhooks continue meanwhile. The figures are printed; that no webhook takes
// longer than 250 ms is asserted in the long form only (CHATHOOK_FULL=1), for an otherwise idle machine.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { Daemon } from '../flow/support/daemon.mjs';
import { peakResidentBytes, residentBytes } from '../flow/support/process.mjs';
import { Receiver } from '../flow/support/receiver.mjs';
import { signed } from '../flow/support/vendors.mjs';
import { until } from '../flow/support/wait.mjs';
import { undo } from '../flow/support/undo.mjs';
import { memoryGroup } from './support/cgroup.mjs';

const mebibyte = 1 << 20;
const growthMax = 64 * mebibyte;
const memoryMax = 512 * mebibyte; // config/chathook.service
const lateAfter = 250; // milliseconds
const full = process.env.CHATHOOK_FULL === '1';

const large = { count: 60, bytes: 1_000_000 };
const middling = { count: 200, bytes: 20_000 };
const refused = { count: 20, bytes: 1_000_000 };
const streams = 300;

const bodyOf = (id, bytes) =>
    JSON.stringify({
        conversationId: id,
        contactEmail: 'visitor@example.com',
        createdAt: '2023-11-23T07:48:23.119Z',
        messages: [{ text: 'x'.repeat(bytes), senderRole: 'human' }],
    });

// Large events, each a dead letter of the sink crm, then medium ones, and large requests with wrong
// signatures.
async function fill(daemon) {
    for (const { count, bytes } of [large, middling]) {
        for (let i = 0; i < count; ++i) {
            const answer = await daemon.send('lynn', bodyOf(`${bytes}-${i}`, bytes));
            assert.equal(answer.status, 200);
        }
    }
    for (let i = 0; i < refused.count; ++i) {
        const body = bodyOf(`refused-${i}`, refused.bytes);
        const answer = await daemon.send('lynn', body, { headers: signed('lynn', `${body} `) });
        assert.equal(answer.status, 401);
        await delay(100); // a burst keeps only as many bytes as wait for the disk at a time
    }
    const all = large.count + middling.count;
    await until('all dead letters', async () => (await daemon.metric('chathook_dead_letters')) === all, 120_000);
}

// Sends `count` genuine webhooks, one every few milliseconds, and returns how they fared.
async function sendHonestly(daemon, name, count) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
    const fared = { refused: 0, worst: 0 };
    const under = [];
    for (let i = 0; i < count; ++i) {
        const began = performance.now();
        const answered = daemon.send('lynn', bodyOf(`${name}-${i}`, 100), { agent }).then(
            ({ status }) => {
                fared.worst = Math.max(fared.worst, performance.now() - began);
                if (status !== 200) ++fared.refused;
            },
            () => ++fared.refused,
        );
        under.push(answered);
        await delay(4);
    }
    await Promise.all(under);
    agent.destroy();
    return fared;
}

// Connects, sends a request, and never reads. Node takes what fits into its own buffer.
function askWithoutReading(daemon, target) {
    const [host, port] = daemon.adminAddress.split(':');
    const socket = net.connect(Number(port), host);
    socket.on('error', () => {}); // it is cut in the end
    socket.write(`GET ${target} HTTP/1.1\r\nHost: ${daemon.adminAddress}\r\n\r\n`);
    return socket;
}

// Reads a whole answer in another process and discards it: how many bytes came, and whether it was complete.
function read(daemon, target) {
    const args = ['-s', '-o', '/dev/null', '-w', '%{http_code} %{size_download}', `http://${daemon.adminAddress}${target}`];
    const child = spawn('curl', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (text) => (said += text));
    return new Promise((resolve) =>
        child.once('close', (code) => {
            const [status, bytes] = said.split(' ').map(Number);
            resolve({ whole: code === 0 && status === 200, bytes });
        }),
    );
}

test('requests at the admin address take at most 64 MiB, and no webhook waits for them', { timeout: 280_000 }, async (t) => {
    const receiver = await Receiver.start(t);
    receiver.answer = () => ({ status: 400 });
    const retry = { initial: '1ms', max: '5ms', max_age: '1h' };
    const daemon = await Daemon.start(t, {
        server: { listen: ['127.0.0.1:0'], threads: 2 },
        sources: { lynn: { vendor: 'lynn', path: '/webhooks/lynn', secret: { value: 'lynn-handover-secret-5d1f' }, keep_rejected: true } },
        sinks: { crm: { type: 'http', url: receiver.url, retry } },
        routes: [{ to: ['crm'] }],
    });
    await fill(daemon);
    const { events } = JSON.parse((await daemon.admin('/api/v1/events?newest=1&limit=1')).body);
    const newest = events[0].sequence;
    const group = memoryGroup(t, memoryMax);
    undo(t, () => daemon.end()); // the group goes after it
    t.diagnostic(group ? 'in a memory cgroup of 512 MiB' : 'without a memory cgroup: this user may make none');

    // `attack` begins it and returns a promise of its end, if it has one.
    async function withstands(name, webhooks, attack) {
        await daemon.end();
        await daemon.run({ under: group?.under });
        const { pid } = daemon.child;
        const before = await sendHonestly(daemon, `before ${name}`, 100);
        const idle = residentBytes(pid);
        const began = performance.now();
        const attacked = attack();
        const fared = await sendHonestly(daemon, name, webhooks);
        await attacked;
        const peak = peakResidentBytes(pid);
        const grown = (peak - idle) / mebibyte;
        t.diagnostic(
            `${name}: idle ${(idle / mebibyte).toFixed(1)} MiB, grown by ${grown.toFixed(1)} MiB at most, ` +
                `${((residentBytes(pid) - idle) / mebibyte).toFixed(1)} MiB afterwards; ${webhooks} webhooks: ` +
                `${fared.refused} refused, the slowest ${fared.worst.toFixed(0)} ms (before: ${before.worst.toFixed(0)} ms); ` +
                `${((performance.now() - began) / 1000).toFixed(1)} s`,
        );
        assert.equal(daemon.exited, undefined, 'the daemon lives');
        assert.ok(peak - idle <= growthMax, `${name}: ${grown.toFixed(1)} MiB`);
        assert.equal(fared.refused, 0);
        if (full) assert.ok(fared.worst <= lateAfter, `${name}: ${fared.worst} ms`);
    }

    // `sockets` that send a request and never read: until all of them are being answered, and then until the
    // daemon cuts them.
    async function unread(targets, { untilCut = false } = {}) {
        const cutBefore = daemon.logs.filter(({ event }) => event === 'stream_cut').length;
        const sockets = targets.map((target) => askWithoutReading(daemon, target));
        await until('all answers to begin', () => sockets.every((socket) => socket.bytesRead > 0), 60_000);
        if (untilCut) {
            await until(
                'all streams to be cut, and to be named in the log',
                () => daemon.logs.filter(({ event }) => event === 'stream_cut').length === cutBefore + targets.length,
                60_000,
            );
        }
        for (const socket of sockets) socket.destroy();
    }
    const many = (count, target) => Array.from({ length: count }, (_, i) => target(i));

    await withstands('300 streams of 1 MB events, unread', 1000, () =>
        unread(many(streams, (i) => `/api/v1/stream?after=${i % large.count}`), { untilCut: true }),
    );
    const cut = daemon.logs.filter(({ event }) => event === 'stream_cut');
    assert.equal(cut.length, streams);
    assert.equal(cut[0].reason, 'the client did not read');
    assert.ok(Number(cut[0].bytes) > 0);

    await withstands('300 streams of 20 KB events, unread', 1000, async () => {
        const ended = unread(many(streams, () => `/api/v1/stream?after=${large.count}`));
        // A client that does read is not delayed by them.
        const got = await read(daemon, `/api/v1/events?after=${large.count}&limit=${middling.count}`);
        assert.ok(got.whole);
        await ended;
    });

    const list = '/api/v1/events?limit=1000';
    const least = large.count * large.bytes * 1.9; // an event has its text twice
    const readWhole = async (count, target, bytes) => {
        for (const got of await Promise.all(many(count, () => read(daemon, target)))) {
            assert.ok(got.whole, `${target} came whole`);
            assert.ok(got.bytes >= bytes, `${target}: ${got.bytes} bytes`);
        }
    };
    await withstands('GET events?limit=1000', 200, () => readWhole(1, list, least));
    await withstands('GET events?limit=1000, six at once', 1000, () => readWhole(6, list, least));
    await withstands('GET events?limit=1000&newest=1, unread by five', 200, () =>
        unread(many(5, () => `${list}&newest=1&before=${newest}`)),
    );
    await withstands('GET dead?limit=1000, three at once and unread by a hundred', 200, () =>
        Promise.all([readWhole(3, '/api/v1/dead?limit=1000', least), unread(many(100, () => '/api/v1/dead?limit=1000'))]),
    );
    await withstands('events, dead letters and refused requests, one by one, unread by two hundred', 200, () =>
        unread(many(200, (i) => [`/api/v1/events/${1 + (i % large.count)}`, `/api/v1/dead/crm/${1 + (i % large.count)}`,
                                 `/api/v1/rejections/${1 + (i % refused.count)}`][i % 3])),
    );
    const order = (path, body) =>
        daemon.admin(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    await withstands('orders over all of them', 200, async () => {
        const plan = { dry_run: true, limit: 1000 };
        const plans = [
            ['/api/v1/events/replay', { ...plan, sink: 'crm' }, 'events'],
            ['/api/v1/dead/retry', plan, 'dead_letters'],
            ['/api/v1/erase', { ...plan, email: 'visitor@example.com' }, 'events'],
        ];
        for (const [path, body, counted] of plans) {
            const answer = await order(path, body);
            assert.equal(answer.status, 200, answer.body);
            assert.ok(JSON.parse(answer.body)[counted] >= large.count + middling.count, answer.body);
        }
    });
});

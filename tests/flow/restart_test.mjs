// Restarts under load while another process holds the listening socket, as systemd does: no POST may fail,
// whether clients and proxies keep their connections or not.
//
// RESTART_REQUESTS and RESTART_RUNS: webhooks per run (4,000), and runs per arrangement (1). In full, with
// 20,000 and 10: scripts/test -C slow -L slow
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import test from 'node:test';

import { temporaryDirectory } from './support/daemon.mjs';
import { startHeld } from './support/held_socket.mjs';
import { caddy, haproxy, makeCertificate, nginx } from './support/proxies.mjs';
import { keptConnections, send, targetBehind } from './support/steady.mjs';
import { undo } from './support/undo.mjs';

const requests = Number(process.env.RESTART_REQUESTS ?? 4000);
const runs = Number(process.env.RESTART_RUNS ?? 1);
const restarts = 2;

// Sends the webhooks of one run, with restarts after a third and after two thirds of them.
async function sendOverRestarts(daemon, target, count = requests) {
    const due = Array.from({ length: restarts }, (_, i) => Math.floor(((i + 1) * count) / (restarts + 1)));
    let restarting = Promise.resolve();
    const restart = async () => {
        assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
        await daemon.again();
    };
    const failed = await send(count, target, (number) => {
        if (due.length === 0 || number < due[0]) return;
        due.shift();
        restarting = restarting.then(restart);
    });
    await restarting;
    return failed;
}

const direct = (agent) => (t, daemon) => ({
    url: `http://127.0.0.1:${daemon.port}/webhooks/lynn`,
    agent: agent?.(),
});

const arrangements = {
    'straight, a connection for each': direct(),
    'straight, on kept connections': direct(keptConnections),
    'behind nginx as shipped, which keeps connections': targetBehind(nginx),
    'behind nginx, a connection for each': targetBehind(nginx, [[/^ *keepalive \d+;\n/m, '']]),
    'behind Caddy as shipped, a connection for each': targetBehind(caddy),
    'behind Caddy, which keeps connections': targetBehind(caddy, [['keepalive off', 'keepalive 60s']]),
    'behind HAProxy as shipped, a connection for each': targetBehind(haproxy),
    'behind HAProxy, which keeps connections': targetBehind(haproxy, [['    option http-server-close\n', '']]),
};

for (const [name, arrange] of Object.entries(arrangements)) {
    test(`no POST fails in ${restarts} restarts ${name}`, async (t) => {
        const daemon = await startHeld(t);
        const target = await arrange(t, daemon);
        for (let run = 0; run < runs; ++run) {
            const failed = await sendOverRestarts(daemon, { ...target, name: `run-${run}` });
            assert.equal(failed, '', `of ${requests} in run ${run}`);
        }
        target.agent?.destroy();
        const events = await daemon.eventually(requests * runs);
        const subjects = new Set(events.map(({ subject }) => subject));
        assert.equal(subjects.size, requests * runs, 'every one of them is an event');
        t.diagnostic(`${runs} x ${requests} webhooks, ${runs * restarts} restarts: none failed`);
    });
}

// Handshakes are slow in Node, so this run has fewer webhooks.
test('no POST fails in restarts directly over TLS, with a connection and a handshake for each', async (t) => {
    const count = requests / 10;
    const directory = temporaryDirectory(t);
    const { key, certificate } = makeCertificate(directory);
    const daemon = await startHeld(t, { server: { tls: { certificate, key } } });
    const agent = new https.Agent({ ca: fs.readFileSync(certificate), servername: 'hooks.example.com' });
    const url = `https://127.0.0.1:${daemon.port}/webhooks/lynn`;
    for (let run = 0; run < runs; ++run) {
        assert.equal(await sendOverRestarts(daemon, { url, agent, name: `run-${run}` }, count), '');
    }
    const events = await daemon.eventually(count * runs);
    assert.equal(new Set(events.map(({ subject }) => subject)).size, count * runs);
});

// The worst end of a kept connection, every time: a server that answers one request per connection, reads the
// next one completely and closes.
async function endingServer(t) {
    const server = http.createServer({ keepAliveTimeout: 60_000 }, (incoming, answer) => {
        const { socket } = incoming;
        socket.asked = (socket.asked ?? 0) + 1;
        incoming.resume().on('end', () => (socket.asked > 1 ? socket.destroy() : answer.end()));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    undo(t, () => server.closeAllConnections() ?? server.close());
    return { port: server.address().port };
}

for (const [name, start] of Object.entries({ nginx, caddy, haproxy })) {
    test(`behind ${name} as shipped, a webhook of any size survives the end of kept connections`, async (t) => {
        const target = await targetBehind(start)(t, await endingServer(t));
        const failed = [];
        for (const bytes of [100, 10_000, 20_000, 100_000, 1_000_000]) {
            const text = 'x'.repeat(bytes);
            const how = await send(64, { ...target, name: `of-${bytes}`, text });
            if (how !== '') failed.push(`${bytes} bytes: ${how}`);
        }
        target.agent.destroy();
        assert.deepEqual(failed, []);
    });
}

// Hundreds of clients that occupy connections by being slow: slowhttptest sends heads and bodies byte by byte
// and reads answers in tiny pieces, while an honest sender continues. In full with SLOW_CLIENTS=1000.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { Daemon } from './support/daemon.mjs';
import { post } from './support/http.mjs';
import { heldConnections, residentBytes } from './support/process.mjs';
import { lynnBody, signed } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const clients = Number(process.env.SLOW_CLIENTS ?? 200);
const deadline = 3; // seconds, for the head, the body, an idle connection and an answer
const honest = '127.0.0.2'; // the honest sender's address; the slow ones come from 127.0.0.1
const mebibyte = 1024 * 1024;

const modes = {
    'slow heads': ['-H', '-t', 'POST', '-i', '1', '-x', '24'],
    'slow bodies': ['-B', '-t', 'POST', '-i', '1', '-s', '8192', '-x', '10'],
    'slow readers': ['-X', '-t', 'GET', '-w', '1', '-y', '2', '-n', '5', '-z', '1', '-k', '3'],
};

// Runs slowhttptest to its end and returns its output without colours.
function attack(url, mode) {
    const rate = clients; // connections per second: all of them within one second
    const seconds = deadline + 5;
    const args = ['-c', `${clients}`, '-r', `${rate}`, '-l', `${seconds}`, '-p', '2', '-u', url, ...mode];
    const child = spawn('slowhttptest', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
    return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', () => resolve(printed.replace(/\x1b\[[\d;]*[A-Za-z]/g, '')));
    });
}

// Sends signed webhooks, each a new event, until it is stopped.
function sendHonestly(daemon, name) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 4, localAddress: honest });
    const count = { sent: 0, lost: 0 };
    let going = true;
    const worker = async () => {
        while (going) {
            const body = lynnBody(`${name}-${count.sent++}`);
            const url = `${daemon.url}/webhooks/lynn`;
            const status = await post(url, signed('lynn', body), body, agent).then(
                (answer) => answer.status,
                () => 0,
            );
            if (status !== 200) ++count.lost;
            await delay(10); // a steady load, not a flood
        }
    };
    const done = Promise.all([worker(), worker(), worker(), worker()]);
    return async () => {
        going = false;
        await done;
        agent.destroy();
        return count;
    };
}

// Watches the daemon's memory, and how long each connection lives, except the honest sender's.
function watch(daemon) {
    const port = Number(new URL(daemon.url).port);
    const { pid } = daemon.child;
    const seen = new Map();
    const figures = { most: 0, longest: 0, memory: residentBytes(pid) };
    const slow = () => heldConnections(port).filter(({ address }) => address !== honest);
    const look = () => {
        const now = performance.now();
        const held = slow();
        for (const connection of held) {
            if (!seen.has(connection.port)) seen.set(connection.port, now);
            figures.longest = Math.max(figures.longest, (now - seen.get(connection.port)) / 1000);
        }
        figures.most = Math.max(figures.most, held.length);
        figures.memory = Math.max(figures.memory, residentBytes(pid));
    };
    const timer = setInterval(look, 50);
    return { slow, figures, stop: () => clearInterval(timer) };
}

for (const [name, mode] of Object.entries(modes)) {
    test(`${clients} ${name} are disconnected in time and harm no other client`, async (t) => {
        const patience = `${deadline}s`;
        const timeouts = ['header', 'body', 'idle', 'write'].map((what) => [`${what}_timeout`, patience]);
        const daemon = await Daemon.start(t, {
            server: {
                listen: ['127.0.0.1:0'],
                threads: 2,
                limits: { connections: 4096, requests_per_connection: 1e6, ...Object.fromEntries(timeouts) },
            },
        });
        const before = residentBytes(daemon.child.pid);
        const stopSending = sendHonestly(daemon, name.replace(' ', '-'));
        const watched = watch(daemon);
        t.after(watched.stop);
        const printed = await attack(`${daemon.url}/webhooks/lynn`, mode);
        await until('the slow connections to be gone', () => watched.slow().length === 0, 1000);
        watched.stop();
        const { sent, lost } = await stopSending();

        const { most, longest, memory } = watched.figures;
        const grown = (memory - before) / mebibyte;
        t.diagnostic(
            `${most} connections at once, the longest ${longest.toFixed(2)} s; memory grew by ` +
                `${grown.toFixed(1)} MiB; ${lost} of ${sent} honest webhooks lost`,
        );
        const available = [...printed.matchAll(/service available:\s+(\w+)/g)].map(([, word]) => word);
        assert.ok(available.length > 0, printed);
        assert.ok(!available.includes('NO'), `the service was always available: ${available}`);
        assert.ok(most >= clients * 0.9, `${most} slow connections at once`);
        assert.ok(longest <= deadline + 1 + 0.2, `gone after ${longest} s; the watch looks every 50 ms`);
        // How many could be sent depends on the disk; fewer than one in a hundred may be lost.
        assert.ok(sent > 10 && (lost === 0 || lost < sent / 100), `${lost} of ${sent} honest webhooks lost`);
        assert.ok(grown < 32, `memory grew by ${grown} MiB`);
    });
}

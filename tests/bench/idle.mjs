// Measures what an idle keep-alive connection costs chathookd in memory; docs/performance.md says more.
//   node tests/bench/idle.mjs [CONNECTIONS]      10,000 unless told otherwise; as root
// $CHATHOOKD is the binary, build/release/chathookd by default.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));
process.env.CHATHOOKD ??= path.join(repository, 'build/release/chathookd');
const { Daemon, configuration } = await import('../flow/support/daemon.mjs');
const { heldConnections, residentBytes } = await import('../flow/support/process.mjs');

const wanted = Number(process.argv[2] ?? 10000);

function allowDescriptors(pid) {
    const limit = `--nofile=${wanted + 1000}:${wanted + 1000}`;
    const done = spawnSync('prlimit', ['--pid', String(pid), limit], { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`cannot raise the limit of descriptors: ${done.stderr}`);
}

// Opens a connection and asks on it for what is not there; done when that is answered. It stays open.
function open(port, index) {
    return new Promise((resolve, reject) => {
        // One address has too few ports for tens of thousands.
        const socket = net.connect({
            port,
            host: '127.0.0.1',
            localAddress: `127.0.0.${2 + (index % 16)}`,
        });
        socket.on('error', reject);
        socket.once('connect', () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
        socket.once('data', (answer) =>
            String(answer).startsWith('HTTP/1.1 404 ')
                ? resolve(socket)
                : reject(new Error(String(answer))),
        );
    });
}

async function openMany(port, count) {
    const sockets = [];
    let next = 0;
    const worker = async () => {
        while (next < count) sockets.push(await open(port, next++));
    };
    await Promise.all(Array.from({ length: 64 }, worker));
    return sockets;
}

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'chathook-idle-'));
const limits = { connections: wanted + 500, idle_timeout: '10m' };
const server = { listen: ['127.0.0.1:0'], threads: 2, limits };
const daemon = new Daemon(directory, configuration(directory, { server }));
try {
    allowDescriptors(process.pid);
    await daemon.run();
    const { pid } = daemon.child;
    allowDescriptors(pid);
    const port = Number(new URL(daemon.url).port);
    (await openMany(port, 100)).forEach((socket) => socket.destroy()); // what is allocated once is there now
    const before = residentBytes(pid);
    const sockets = await openMany(port, wanted);
    const held = heldConnections(port).length;
    if (held < wanted) throw new Error(`${held} of ${wanted} connections are open`);
    const grown = residentBytes(pid) - before;
    console.log(
        `${wanted} idle connections: ${(grown / 1024 / wanted).toFixed(1)} KiB each, ` +
            `${(grown / 1024 / 1024).toFixed(1)} MiB together`,
    );
    sockets.forEach((socket) => socket.destroy());
} finally {
    await daemon.end();
    fs.rmSync(directory, { recursive: true, force: true });
}

// A listening socket that outlives the processes that accept on it, as systemd holds it for a .socket unit.
import net from 'node:net';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';

import { configuration, Daemon, temporaryDirectory } from './daemon.mjs';
import { undo } from './undo.mjs';

// Node accepts on every socket that it listens on, whenever its event loop runs. So the socket is opened on a
// thread whose event loop never runs again.
if (!isMainThread && workerData?.holds) {
    const server = net.createServer();
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
        parentPort.postMessage({ descriptor: server._handle.fd, port: server.address().port });
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });
}

// Returns {port, run}: `run` are the options of Daemon.run() with which the process finds the socket as
// systemd would pass it, under the name "webhooks".
export async function holdSocket(t) {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { holds: true } });
    undo(t, () => worker.terminate());
    const { descriptor, port } = await new Promise((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
    });
    const run = {
        under: ['/bin/sh', '-c', 'LISTEN_PID=$$ exec "$0" "$@"'],
        env: { LISTEN_FDS: '1', LISTEN_FDNAMES: 'webhooks' },
        descriptors: [descriptor],
    };
    return { port, run };
}

// A daemon behind a socket that it does not own; `again()` starts the next process on this socket.
export async function startHeld(t, changes = {}) {
    const directory = temporaryDirectory(t);
    const held = await holdSocket(t);
    const { server = {}, ...rest } = changes;
    const config = configuration(directory, {
        server: { threads: 2, trusted_proxies: ['127.0.0.1/32'], ...server, listen: ['systemd:webhooks'] },
        ...rest,
    });
    const daemon = new Daemon(directory, config);
    undo(t, () => daemon.end());
    daemon.again = () => daemon.run(held.run);
    await daemon.again();
    daemon.port = held.port;
    return daemon;
}

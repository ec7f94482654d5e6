// Sends bodies that stall after a part, from a thread of its own: otherwise the time that Node takes to send
// them would count as the daemon's.
import net from 'node:net';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

import { unreadBytes } from '../../flow/support/process.mjs';
import { until } from '../../flow/support/wait.mjs';

const announced = 1 << 20;

// Begins `count` bodies that announce a megabyte and sends `size` bytes of each. They stay until stop().
// begun() waits until the daemon has read every one's head, and so begun its body.
export function unfinished(url, count, size) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { unfinished: { url, count, size } } });
    const stopped = new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
    const written = new Promise((resolve) => worker.once('message', resolve));
    const port = Number(new URL(url).port);
    return {
        async begun() {
            await written;
            await until('the heads to be read', () => unreadBytes(port).every((unread) => unread <= size));
        },
        stop() {
            worker.postMessage('stop');
            return stopped;
        },
    };
}

function begin({ url, size }) {
    const { hostname, port } = new URL(url);
    const socket = net.connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.write(`POST /webhooks/lynn HTTP/1.1\r\nHost: a\r\nX-Lynn-Hmac-Sha256: ${'0'.repeat(64)}\r\n` +
        `Content-Length: ${announced}\r\n\r\n`);
    const written = new Promise((resolve) => {
        socket.write('x'.repeat(size), resolve); // or fails, when the daemon has ended it
    });
    socket.resume();
    return { socket, written };
}

if (!isMainThread && workerData?.unfinished) {
    const bodies = Array.from({ length: workerData.unfinished.count }, () => begin(workerData.unfinished));
    Promise.all(bodies.map(({ written }) => written)).then(() => parentPort.postMessage('written'));
    parentPort.once('message', () => bodies.forEach(({ socket }) => socket.destroy()));
}

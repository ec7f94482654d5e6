// Sends bodies that stall after a part, from a thread of its own: otherwise the time that Node takes to send
// them would count as the daemon's.
import net from 'node:net';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

const announced = 1 << 20;

// Begins `count` bodies that announce a megabyte and sends `size` bytes of each. They stay until stop().
export function unfinished(url, count, size) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { unfinished: { url, count, size } } });
    const stopped = new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
    return {
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
    socket.write('x'.repeat(size));
    socket.resume();
    return socket;
}

if (!isMainThread && workerData?.unfinished) {
    const sockets = Array.from({ length: workerData.unfinished.count }, () => begin(workerData.unfinished));
    parentPort.once('message', () => sockets.forEach((socket) => socket.destroy()));
}

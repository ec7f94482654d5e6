// The requests of tests/http/corpus, signed as webhooks with distinct bodies. tests/http/corpus.hpp describes
// the files; both readers build the same bytes.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';

import { repository } from './daemon.mjs';
import { lynnBody, signed, vendors } from './vendors.mjs';

const directory = path.join(repository, 'tests/http/corpus');

function writtenBytes(written) {
    if (written.bytes !== undefined) return written.bytes;
    const { line = 'POST {path} HTTP/1.1', host = ['Host: {host}'], add = [], frame, body } = written;
    const usual = ['{signed}', 'Content-Type: application/json'];
    const lines = [line, ...host, ...usual, ...add, ...(frame ?? ['Content-Length: {length}']), ''];
    return `${lines.join('\r\n')}\r\n${body ?? '{body}'}`;
}

function expanded(text, body) {
    const signature = signed('lynn', body)['x-lynn-hmac-sha256'];
    const size = body.length.toString(16);
    const values = {
        path: '/webhooks/lynn',
        host: 'hooks.example.com',
        signature,
        signed: `X-Lynn-Hmac-Sha256: ${signature}`,
        body,
        length: String(body.length),
        size,
        SIZE: size.toUpperCase(),
        chunks: `${size}\r\n${body}\r\n0\r\n\r\n`,
        bytewise: [...body].map((c) => `1\r\n${c}\r\n`).join('') + '0\r\n\r\n',
    };
    return text.replace(/\{([^{}]*)\}/g, (whole, inner) => {
        const repeated = /^([^]*)\*(\d+)$/.exec(inner);
        if (repeated) return repeated[1].repeat(Number(repeated[2]));
        if (!(inner in values)) throw new Error(`the corpus knows no ${whole}`);
        return values[inner];
    });
}

// Every case with its bytes and a second request to follow immediately, which asks to close the connection.
// `address` is a separate loopback address for each case, by which proxy and daemon name it.
export function readCorpus(label) {
    const written = fs
        .readdirSync(directory)
        .sort()
        .flatMap((file) => JSON.parse(fs.readFileSync(path.join(directory, file), 'utf8')));
    return written.map((one, index) => {
        const subject = `${label}-${index}`;
        const after = `${subject}-after`;
        const second = { add: ['Connection: close'] };
        return {
            ...one,
            subject,
            after,
            bytes: expanded(writtenBytes(one), lynnBody(subject)),
            second: expanded(writtenBytes(second), lynnBody(after)),
            address: `127.1.${index >> 8}.${index & 255}`,
        };
    });
}

// After this much silence the peer is assumed to wait for more input, which is legitimate.
const silence = 700; // milliseconds

// Sends the case and its second request. Returns {statuses, accepted}: the statuses until the peer closed the
// connection or fell silent, and how many of the answers were the daemon's for an accepted webhook.
export function exchange(one, port, { secure = false } = {}) {
    return new Promise((resolve, reject) => {
        const to = { host: '127.0.0.1', port, localAddress: one.address };
        const socket = secure
            ? tls.connect({ ...to, servername: 'hooks.example.com', rejectUnauthorized: false })
            : net.connect(to);
        let received = '';
        let connected = false;
        socket.on(secure ? 'secureConnect' : 'connect', () => {
            connected = true;
            socket.setTimeout(silence, () => socket.destroy());
            socket.write(one.bytes + one.second, 'latin1');
        });
        socket.on('data', (chunk) => (received += chunk.toString('latin1')));
        socket.on('error', (error) => connected || reject(error));
        socket.on('close', () => {
            const lines = [...received.matchAll(/HTTP\/1\.[01] (\d{3}) /g)];
            const statuses = lines.map((found) => Number(found[1]));
            resolve({
                statuses: statuses.filter((status) => status >= 200), // 100 Continue is no answer
                accepted: received.split(vendors.lynn.accepted.body).length - 1,
            });
        });
    });
}

// Runs `work` on every item, `width` at a time.
export async function inParallel(all, work, width = 24) {
    const queue = [...all];
    const worker = async () => {
        while (queue.length > 0) await work(queue.shift());
    };
    await Promise.all(Array.from({ length: width }, worker));
}

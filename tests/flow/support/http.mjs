// Plain HTTP to the daemon: whole requests through Node's client, and raw bytes that Node would not send.
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

// Sends one request and returns {status, headers, body}. `body` may be a string or a Buffer.
export function request(url, { method = 'GET', headers = {}, body, agent, socketPath } = {}) {
    return new Promise((resolve, reject) => {
        const { request: open } = url.startsWith('https:') ? https : http;
        const outgoing = open(url, { method, headers, agent: agent ?? false, socketPath }, (answer) => {
            const chunks = [];
            answer.on('data', (chunk) => chunks.push(chunk));
            answer.on('error', reject);
            answer.on('end', () =>
                resolve({
                    status: answer.statusCode,
                    headers: answer.headers,
                    body: Buffer.concat(chunks).toString(),
                }),
            );
        });
        outgoing.on('error', reject);
        outgoing.end(body);
    });
}

export const post = (url, headers, body, agent) => request(url, { method: 'POST', headers, body, agent });

// Only the media type: "application/json; charset=utf-8" gives "application/json".
export const mediaType = (answer) => (answer.headers['content-type'] ?? '').split(';')[0].trim();

// A connection that sends exactly the given bytes, and keeps everything that it receives.
export class RawConnection {
    received = '';
    ended = false;

    static async open(url) {
        const connection = new RawConnection();
        const { hostname, port } = new URL(url);
        connection.socket = net.connect(Number(port), hostname);
        connection.socket.setNoDelay(true);
        connection.socket.on('data', (chunk) => (connection.received += chunk.toString('latin1')));
        connection.socket.on('close', () => (connection.ended = true));
        await new Promise((resolve, reject) => {
            connection.socket.once('connect', resolve);
            connection.socket.once('error', reject);
        });
        connection.socket.on('error', () => {}); // a reset ends the connection like any other end
        return connection;
    }

    send(bytes) {
        this.socket.write(bytes, 'latin1');
        return this;
    }

    get status() {
        const line = /^HTTP\/1\.1 (\d{3}) /.exec(this.received);
        return line ? Number(line[1]) : undefined;
    }

    close() {
        this.socket.destroy();
    }
}

// An HTTP server as the receiver of an http sink. Keeps every request that it answers with a 2xx; the test
// sets the answers.
import http from 'node:http';

import { undo } from './undo.mjs';

export class Receiver {
    requests = []; // {method, path, headers, body, bytes}: the body as text and as it came
    answer = () => ({ status: 204 });

    static async start(t) {
        const receiver = new Receiver();
        await receiver.listen(0);
        undo(t, () => receiver.close());
        return receiver;
    }

    async listen(port) {
        this.server = http.createServer((incoming, outgoing) => {
            const chunks = [];
            incoming.on('data', (chunk) => chunks.push(chunk));
            incoming.on('end', () => {
                const bytes = Buffer.concat(chunks);
                const request = {
                    method: incoming.method,
                    path: incoming.url,
                    headers: incoming.headers,
                    body: bytes.toString(),
                    bytes,
                };
                const { status, headers = {}, body = '' } = this.answer(request);
                if (status < 300) this.requests.push(request);
                outgoing.writeHead(status, headers).end(body);
            });
        });
        await new Promise((resolve, reject) => {
            this.server.once('error', reject);
            this.server.listen(port, '127.0.0.1', resolve);
        });
        this.port = this.server.address().port;
    }

    get url() {
        return `http://127.0.0.1:${this.port}/hook`;
    }

    // The kept requests, as events.
    get events() {
        return this.requests.map((request) => JSON.parse(request.body));
    }

    // Stops listening; up() listens on the same port again.
    async close() {
        if (!this.server) return;
        const server = this.server;
        this.server = undefined;
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    }

    up() {
        return this.listen(this.port);
    }
}

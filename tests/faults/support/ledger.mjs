// Records what was sent and how it was answered, on a disk that no fault touches, before the next step: the
// judge's evidence. One JSON line each: {sent, digest} before a request leaves, {answered, status} after it.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';

import { post } from '../../flow/support/http.mjs';
import { lynnBody, signed } from '../../flow/support/vendors.mjs';

export const digestOf = (text) => createHash('sha256').update(text).digest('hex');

export class Ledger {
    answered = new Set(); // conversations answered 200
    statuses = new Map(); // other statuses and how often
    unanswered = 0; // connections that ended without an answer
    last; // answer: {status, headers, body}
    next = 0;

    constructor(file, name) {
        this.file = file;
        this.name = name;
        this.fd = fs.openSync(file, 'a');
    }

    #write(line) {
        fs.writeSync(this.fd, `${JSON.stringify(line)}\n`);
    }

    // Sends one webhook, a new one unless told which. Returns the status; undefined if there was no answer.
    async send(daemon, { conversation = `${this.name}-${this.next++}`, extra = {}, agent } = {}) {
        const body = lynnBody(conversation, extra);
        this.#write({ sent: conversation, digest: digestOf(body) });
        let answer;
        try {
            answer = await post(`${daemon.url}/webhooks/lynn`, signed('lynn', body), body, agent);
        } catch {
            this.unanswered += 1;
            return undefined;
        }
        const { status } = answer;
        this.#write({ answered: conversation, status });
        if (status === 200) this.answered.add(conversation);
        else this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
        this.last = answer;
        return status;
    }

    // New webhooks over `connections` connections, at most `rate` a second, until `count` or `stopped()`.
    async load(daemon, { count = Infinity, connections = 16, rate = Infinity, stopped = () => false, extra } = {}) {
        const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
        const begun = performance.now();
        let sent = 0;
        const worker = async () => {
            while (sent < count && !stopped()) {
                const wait = begun + (sent++ * 1000) / rate - performance.now();
                if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
                if (stopped()) return;
                await this.send(daemon, { agent, extra: extra?.() });
            }
        };
        await Promise.all(Array.from({ length: connections }, worker));
        agent.destroy();
    }

    // Like a vendor: repeats everything that was not answered 200, with the same bytes.
    async retry(daemon, conversations) {
        for (const conversation of conversations) await this.send(daemon, { conversation });
    }

    close() {
        fs.closeSync(this.fd);
    }
}

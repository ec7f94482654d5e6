// Many concurrent webhooks, each a new event, and which of them were answered.
import http from 'node:http';

import { lynnBody, signed } from './vendors.mjs';
import { post } from './http.mjs';

export class Load {
    answered = new Set(); // conversation ids that were answered 200
    statuses = new Map(); // other statuses and how often
    failures = 0; // connections that ended without an answer

    constructor(name, { connections = 64 } = {}) {
        this.name = name;
        this.connections = connections;
    }

    // Sends the events FIRST..LAST-1 that are not answered yet, until each was tried once or `stopped()`.
    async send(daemon, first, last, stopped = () => false) {
        const agent = new http.Agent({ keepAlive: true, maxSockets: this.connections });
        let next = first;
        const worker = async () => {
            while (next < last && !stopped()) await this.#sendOne(daemon, `${this.name}-${next++}`, agent);
        };
        await Promise.all(Array.from({ length: this.connections }, worker));
        agent.destroy();
    }

    async #sendOne(daemon, conversation, agent) {
        if (this.answered.has(conversation)) return;
        const body = lynnBody(conversation);
        let status;
        try {
            ({ status } = await post(`${daemon.url}/webhooks/lynn`, signed('lynn', body), body, agent));
        } catch {
            this.failures += 1;
            return;
        }
        if (status === 200) this.answered.add(conversation);
        else this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    }
}

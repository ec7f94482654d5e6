// Steady traffic through a trial, and how long after its answer each event was in each sink.
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const conversationOf = (line) => /"conversationId":"([^"]*)"/.exec(line)?.[1];
const look = 10; // milliseconds between two checks of the sinks

// Reads what was appended to a file since the last call, in whole lines, across renames.
class Tail {
    #rest = '';

    constructor(file) {
        this.file = file;
    }

    lines() {
        if (this.fd === undefined) {
            if (!fs.existsSync(this.file)) return [];
            this.fd = fs.openSync(this.file, 'r');
        }
        const chunk = Buffer.alloc(1 << 20);
        let text = this.#rest;
        for (let read; (read = fs.readSync(this.fd, chunk)) > 0; ) text += chunk.subarray(0, read).toString();
        const lines = text.split('\n');
        this.#rest = lines.pop();
        return lines;
    }

    close() {
        if (this.fd !== undefined) fs.closeSync(this.fd);
    }
}

export class Watch {
    answered = new Map(); // conversation -> when
    arrived = { events: new Map(), console: new Map(), crm: new Map() }; // first copies

    constructor(trial) {
        this.trial = trial;
        this.printed = 0;
        const answer = trial.receiver.answer;
        trial.receiver.answer = (request) => {
            this.#see('crm', request.body);
            return answer(request);
        };
    }

    #see(sink, line) {
        const conversation = conversationOf(line);
        if (conversation && !this.arrived[sink].has(conversation)) this.arrived[sink].set(conversation, performance.now());
    }

    // Sends `rate` webhooks a second while `going()`, and then waits until every one of `sinks` has them all,
    // for at most a second.
    async run({ rate, going, sinks }) {
        const { daemon, ledger, eventsFile } = this.trial;
        const tail = new Tail(eventsFile);
        const peek = () => {
            for (const line of tail.lines()) this.#see('events', line);
            for (; this.printed < daemon.printed.length; ++this.printed) this.#see('console', daemon.printed[this.printed]);
        };
        const before = this.answered.size;
        const sending = [];
        const begun = performance.now();
        for (let sent = 0; going(); ) {
            for (; sent < ((performance.now() - begun) * rate) / 1000; ++sent) sending.push(this.#send(daemon, ledger));
            await delay(look);
            peek();
        }
        await Promise.all(sending);
        const complete = () => sinks.every((sink) => [...this.answered.keys()].every((one) => this.arrived[sink].has(one)));
        for (const until = performance.now() + 1000; !complete() && performance.now() < until; ) {
            await delay(look);
            peek();
        }
        tail.close();
        return this.answered.size - before;
    }

    async #send(daemon, ledger) {
        const conversation = `${ledger.name}-${ledger.next++}`;
        const status = await ledger.send(daemon, { conversation });
        if (status === 200) this.answered.set(conversation, performance.now());
    }

    // The longest time, in milliseconds, until an answered event was in that sink; Infinity if one is
    // missing.
    slowest(sink) {
        const lags = [...this.answered].map(([conversation, at]) => (this.arrived[sink].get(conversation) ?? Infinity) - at);
        return Math.max(0, ...lags);
    }
}

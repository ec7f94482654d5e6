// A TCP proxy that simulates a bad network. Each toxic also affects open connections; heal() removes it, and
// data held back is passed on.
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { undo } from '../../flow/support/undo.mjs';

const lan = 1; // milliseconds

// Each handles `data` on its way, in the order in which it came. `toReceiver` is the direction.
// Connection.write() passes data on, .cut() resets both ends.
const toxics = {
    none: async (connection, data) => connection.write(data),
    // Half of it in each direction.
    latency: async (connection, data, { milliseconds }) => {
        await delay(milliseconds / 2);
        connection.write(data);
    },
    jitter: async (connection, data, { milliseconds, random }) => {
        await delay(random() * milliseconds);
        connection.write(data);
    },
    bandwidth: async (connection, data, { bytesPerSecond }) => {
        for (let at = 0; at < data.length; at += bytesPerSecond / 20) {
            await delay(50);
            connection.write(data.subarray(at, at + bytesPerSecond / 20));
        }
    },
    // Delays only the end of a connection: see Connection.
    slowClose: async (connection, data) => connection.write(data),
    // Nothing gets through, and neither side is told.
    blackhole: async (connection) => connection.healed(),
    // The request arrives, its answer does not.
    reset: async (connection, data, { toReceiver }) => {
        if (toReceiver) return connection.write(data);
        connection.cut();
    },
    // The answer breaks off after so many bytes.
    limitData: async (connection, data, { toReceiver, bytes }) => {
        if (toReceiver) return connection.write(data);
        connection.write(data.subarray(0, bytes));
        await delay(lan);
        connection.cut();
    },
    slicer: async (connection, data, { bytes, random }) => {
        for (let at = 0; at < data.length; ) {
            const size = 1 + Math.floor(random() * bytes);
            connection.write(data.subarray(at, at + size));
            at += size;
            await delay(lan);
        }
    },
};

export const toxicNames = Object.keys(toxics).filter((name) => name !== 'none');

// One direction of one connection.
class Connection {
    constructor(proxy, from, to, toReceiver) {
        Object.assign(this, { proxy, from, to, toReceiver });
        this.queue = Promise.resolve();
        from.on('data', (data) => {
            from.pause();
            this.#then(async () => {
                await this.#pass(data);
                from.resume();
            });
        });
        from.on('end', () => this.#then(() => this.#end()));
        from.on('error', () => to.destroy());
        from.on('close', () => this.#then(() => to.end()));
    }

    #then(step) {
        this.queue = this.queue.then(step).catch(() => this.cut());
    }

    // Data that a toxic held back is passed on after heal().
    async #pass(data) {
        const { name, options } = this.proxy.toxic;
        const kept = await toxics[name](this, data, { ...options, toReceiver: this.toReceiver });
        if (kept === 'kept') this.write(data);
    }

    async #end() {
        const { name, options } = this.proxy.toxic;
        if (name === 'slowClose') await delay(options.milliseconds);
        this.to.end();
    }

    async healed() {
        await this.proxy.healing;
        return 'kept';
    }

    write(data) {
        if (!this.to.destroyed) this.to.write(data);
    }

    cut() {
        for (const socket of [this.from, this.to]) if (!socket.destroyed) socket.resetAndDestroy();
    }
}

export class Toxics {
    connections = 0;
    sockets = new Set();
    target = 0; // a port on this machine

    static async start(t) {
        const proxy = new Toxics();
        proxy.heal();
        proxy.server = net.createServer((socket) => proxy.#accept(socket));
        await new Promise((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
        undo(t, () => proxy.close());
        return proxy;
    }

    get port() {
        return this.server.address().port;
    }

    #accept(client) {
        this.connections += 1;
        const receiver = net.connect(this.target, '127.0.0.1');
        for (const socket of [client, receiver]) {
            socket.setNoDelay(true);
            this.sockets.add(socket);
            socket.once('close', () => this.sockets.delete(socket));
        }
        new Connection(this, client, receiver, true);
        new Connection(this, receiver, client, false);
    }

    poison(name, options) {
        this.toxic = { name, options };
        this.healing = new Promise((resolve) => (this.healNow = resolve));
    }

    heal() {
        this.toxic = { name: 'none', options: {} };
        this.healNow?.();
    }

    async close() {
        this.heal();
        for (const socket of this.sockets) socket.destroy();
        await new Promise((resolve) => this.server.close(resolve));
    }
}

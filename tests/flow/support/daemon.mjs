// The real chathookd, as a user starts it: its own process, a configuration file, a directory that goes away
// with the test, ports that the kernel chose. The binary is $CHATHOOKD, else the dev build's.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { post, request } from './http.mjs';
import { undo } from './undo.mjs';
import { until } from './wait.mjs';
import { signed, vendors } from './vendors.mjs';

export const repository = fileURLToPath(new URL('../../..', import.meta.url));
export const binary = process.env.CHATHOOKD ?? path.join(repository, 'build/dev/chathookd');

// A directory under the system's temporary one, removed after the test.
export function temporaryDirectory(t) {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'chathook-flow-'));
    undo(t, () => fs.rmSync(directory, { recursive: true, force: true }));
    return directory;
}

// Runs `chathookd ARGUMENTS` to its end: {code, out, err}.
export function chathookd(args, { env = {}, input, cwd } = {}) {
    const done = spawnSync(binary, args, { env: { ...process.env, ...env }, input, cwd, encoding: 'utf8' });
    if (done.error) throw done.error;
    return { code: done.status, out: done.stdout, err: done.stderr };
}

// The events of a JSON lines file, whole lines only: the daemon may be writing the last one.
export function readEvents(file) {
    if (!fs.existsSync(file)) return [];
    const text = fs.readFileSync(file, 'utf8');
    return text
        .slice(0, text.lastIndexOf('\n') + 1)
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
}

// One source a vendor under /webhooks/VENDOR, all events to DIRECTORY/events.jsonl. `changes` replaces whole
// sections.
export function configuration(directory, changes = {}) {
    const sources = Object.entries(vendors).map(([vendor, { secret }]) => [
        vendor,
        { vendor, path: `/webhooks/${vendor}`, secret: { value: secret } },
    ]);
    return {
        // Tests forge from one address as no client may.
        server: { listen: ['127.0.0.1:0'], threads: 2, limits: { failed_verifications_burst: 100000 } },
        admin: { listen: '127.0.0.1:0' },
        journal: { path: path.join(directory, 'journal'), min_free_disk: '1MiB' },
        sources: Object.fromEntries(sources),
        sinks: { events: { type: 'file', path: path.join(directory, 'events.jsonl') } },
        routes: [{ to: ['events'] }],
        log: { format: 'json' },
        ...changes,
    };
}

export class Daemon {
    lines = []; // everything it printed, both streams
    logs = []; // its log, parsed
    printed = []; // what a stdout sink printed, line by line

    // `logFile`: its output goes there, unread (benchmarks); its configuration must then name real ports.
    constructor(directory, config, { logFile } = {}) {
        this.logFile = logFile;
        this.directory = directory;
        this.eventsFile = path.join(directory, 'events.jsonl');
        this.configFile = path.join(directory, 'chathook.yaml');
        this.configure(config);
    }

    // Starts one whose configuration is `changes` over the usual, and stops it with the test. `changes` may
    // be a function of the test's directory.
    static async start(t, changes = {}) {
        const directory = temporaryDirectory(t);
        const changed = typeof changes === 'function' ? changes(directory) : changes;
        const daemon = new Daemon(directory, configuration(directory, changed));
        undo(t, () => daemon.end());
        await daemon.run();
        return daemon;
    }

    configure(config) {
        this.config = config;
        fs.writeFileSync(this.configFile, JSON.stringify(config, null, 2)); // JSON is YAML
    }

    // Starts the process and waits until /readyz answers `ready`. `under`: a command that runs it in its own place;
    // `chathookd`: another binary than the usual.
    async run({ ready = 200, under = [], env = {}, chathookd = binary } = {}) {
        const seen = this.logs.length;
        const [program, ...args] = [...under, chathookd, 'serve', '--config', this.configFile];
        this.child = spawn(program, args, {
            env: { ...process.env, ...env },
            stdio: this.logFile ? ['ignore', this.logFile, this.logFile] : ['ignore', 'pipe', 'pipe'],
            cwd: this.directory,
        });
        this.exit = new Promise((resolve) =>
            this.child.once('close', (code, signal) => resolve({ code, signal })),
        );
        this.exited = undefined;
        this.exit.then((how) => (this.exited = how));
        for (const stream of [this.child.stdout, this.child.stderr]) if (stream) this.#collect(stream);

        const known = {
            listening: this.config.server.listen[0],
            'admin listening': this.config.admin.listen,
        };
        const address = (event) =>
            this.logFile ? known[event] : this.logs.slice(seen).find((line) => line.event === event)?.address;
        const alive = () => {
            if (this.exited) throw new Error(`chathookd ended: ${this.#said()}`);
            return true;
        };
        await until(
            'chathookd to listen',
            () => alive() && address('admin listening') && address('listening'),
        );
        this.url = `http://${address('listening')}`;
        this.adminAddress = address('admin listening');
        const status = () => this.admin('/readyz').then((answer) => answer.status);
        await until('readiness', async () => alive() && (await status().catch(() => 0)) === ready);
    }

    #said() {
        if (!this.logFile) return this.lines.join('\n');
        return fs.readFileSync(`/proc/self/fd/${this.logFile}`, 'utf8');
    }

    // Asks the admin address, whether it is TCP or a UNIX socket.
    admin(target, options) {
        const socketPath = /^unix:(.*)/.exec(this.adminAddress)?.[1];
        const host = socketPath ? 'localhost' : this.adminAddress;
        return request(`http://${host}${target}`, { ...options, socketPath });
    }

    #collect(stream) {
        let rest = '';
        stream.setEncoding('utf8');
        stream.on('data', (text) => {
            const pieces = (rest + text).split('\n');
            rest = pieces.pop();
            for (const line of pieces) this.#take(line);
        });
        // A process that is killed may leave half a line.
        stream.on('end', () => rest && this.lines.push(rest));
    }

    #take(line) {
        this.lines.push(line);
        const plain = /^\S+Z \w+ ((?:admin )?listening) address=(\S+)/.exec(line);
        if (plain) this.logs.push({ event: plain[1], address: plain[2] });
        if (!line.startsWith('{')) return;
        const value = JSON.parse(line);
        if (value.specversion) this.printed.push(line);
        else this.logs.push(value);
    }

    // Posts a genuine webhook to `source`'s path, which is the vendor's name unless told otherwise.
    send(vendor, body, { headers = signed(vendor, body), source = vendor, agent } = {}) {
        return post(`${this.url}/webhooks/${source}`, headers, body, agent);
    }

    get events() {
        return readEvents(this.eventsFile);
    }

    // The events once there are at least `count`.
    eventually(count) {
        return until(`${count} events in ${this.eventsFile}`, () => {
            const events = this.events;
            return events.length >= count && events;
        });
    }

    signal(name) {
        this.child.kill(name);
    }

    async stop(signal = 'SIGTERM') {
        this.signal(signal);
        return this.exit;
    }

    // Every test ends so: the sanitizers report what they found, leaks included, in the exit code.
    async end() {
        if (!this.child || this.exited) return;
        const { code } = await this.stop();
        assert.equal(
            code,
            0,
            `chathookd stops cleanly; it printed last:\n${this.lines.slice(-20).join('\n')}`,
        );
    }

    async kill() {
        if (this.child && !this.exited) await this.stop('SIGKILL');
    }

    metrics() {
        return this.admin('/metrics').then((answer) => answer.body);
    }

    // The sum of a metric's samples that bear all of `labels`.
    async metric(name, labels = {}) {
        const rows = (await this.metrics())
            .split('\n')
            .filter((row) => row.startsWith(`${name}{`) || row.startsWith(`${name} `));
        return rows
            .filter((row) =>
                Object.entries(labels).every(([key, value]) => row.includes(`${key}="${value}"`)),
            )
            .reduce((sum, row) => sum + Number(row.slice(row.lastIndexOf(' ') + 1)), 0);
    }
}

// The real chathookd, as a user starts it: its own process, a configuration file, a directory that is removed
// after the test, ports chosen by the kernel. The binary is $CHATHOOKD, or that of the dev build.
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
    const done = spawnSync(binary, args, { env: { ...process.env, ...env }, input, cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
    if (done.error) throw done.error;
    return { code: done.status, out: done.stdout, err: done.stderr };
}

// The events of a JSON Lines file, complete lines only: the daemon may be writing the last one.
export function readEvents(file) {
    if (!fs.existsSync(file)) return [];
    const text = fs.readFileSync(file, 'utf8');
    return text
        .slice(0, text.lastIndexOf('\n') + 1)
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
}

// One source per vendor under /webhooks/VENDOR, all events to DIRECTORY/events.jsonl. `changes` replaces
// whole sections.
export function configuration(directory, changes = {}) {
    const sources = Object.entries(vendors).map(([vendor, { secret }]) => [
        vendor,
        { vendor, path: `/webhooks/${vendor}`, secret: { value: secret } },
    ]);
    return {
        // Tests send more forgeries from one address than a client may.
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
    takesTornLines = false; // a line that is no JSON stays in `lines` alone, instead of failing the test
    printed = []; // what a stdout sink printed, line by line

    // `logFile` receives the output, which is not read (benchmarks); the configuration must then name real
    // ports.
    constructor(directory, config, { logFile } = {}) {
        this.logFile = logFile;
        this.directory = directory;
        this.eventsFile = path.join(directory, 'events.jsonl');
        this.configFile = path.join(directory, 'chathook.yaml');
        this.configure(config);
    }

    // Starts a daemon with the usual configuration and `changes`, and stops it after the test. `changes` may
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

    // Starts the process and waits until /readyz answers `ready`. `under`: a command that executes the
    // daemon; `chathookd`: another binary than the usual; `descriptors`: its open descriptors from 3 on.
    async run({ ready = 200, under = [], env = {}, chathookd = binary, descriptors = [] } = {}) {
        const seen = this.logs.length;
        const [program, ...args] = [...under, chathookd, 'serve', '--config', this.configFile];
        this.child = spawn(program, args, {
            env: { ...process.env, ...env },
            stdio: [
                ...(this.logFile ? ['ignore', this.logFile, this.logFile] : ['ignore', 'pipe', 'pipe']),
                ...descriptors,
            ],
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
            'admin_listening': this.config.admin.listen,
        };
        const address = (event) =>
            this.logFile ? known[event] : this.logs.slice(seen).find((line) => line.event === event)?.address;
        const alive = () => {
            if (this.exited) throw new Error(`chathookd ended: ${this.#said()}`);
            return true;
        };
        await until(
            'chathookd to listen',
            () => alive() && address('admin_listening') && address('listening'),
        );
        this.url = `http://${address('listening')}`;
        this.adminAddress = address('admin_listening');
        const status = () => this.admin('/readyz').then((answer) => answer.status);
        await until('readiness', async () => alive() && (await status().catch(() => 0)) === ready);
    }

    #said() {
        if (!this.logFile) return this.lines.join('\n');
        return fs.readFileSync(`/proc/self/fd/${this.logFile}`, 'utf8');
    }

    // Waits for the first log line that `fits`: the log is written concurrently with the work that it
    // reports.
    logged(what, fits) {
        return until(`the log to say ${what}`, () => this.logs.find(fits));
    }

    // Sends a request to the admin address, TCP or a UNIX socket.
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
        // A killed process may leave an incomplete line.
        stream.on('end', () => rest && this.lines.push(rest));
    }

    #take(line) {
        this.lines.push(line);
        const plain = /^\S+Z \w+ ((?:admin_)?listening) address=(\S+)/.exec(line);
        if (plain) this.logs.push({ event: plain[1], address: plain[2] });
        if (!line.startsWith('{')) return;
        const value = this.#parsed(line);
        if (value === undefined) return;
        if (value.specversion) this.printed.push(line);
        else this.logs.push(value);
    }

    #parsed(line) {
        try {
            return JSON.parse(line);
        } catch (error) {
            if (this.takesTornLines) return undefined;
            throw error;
        }
    }

    // Posts a genuine webhook to the path of `source`, by default the source named after the vendor.
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

    // Every test ends this way: the sanitizers report their findings, including leaks, in the exit code.
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

    // The sum of a metric's samples that have all of `labels`.
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

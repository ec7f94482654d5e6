// Lets nginx and chathookd take turns under the same load and prints medians and ratios. Called by
// tests/bench/run.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { configuration, Daemon, temporaryDirectory } from '../flow/support/daemon.mjs';
import { startNginx } from '../flow/support/nginx.mjs';
import { freePort } from '../flow/support/ports.mjs';
import { undo } from '../flow/support/undo.mjs';
import { vendors } from '../flow/support/vendors.mjs';
import { until } from '../flow/support/wait.mjs';

const serverCore = '0';
const loadCore = '1';
const unlimited = 1_000_000_000; // requests on one connection, for both servers
const drainWithin = 120_000; // milliseconds

const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        rounds: { type: 'string', default: '7' },
        seconds: { type: 'string', default: '8' },
        connections: { type: 'string', default: '64' },
        bytes: { type: 'string', default: '404' },
    },
});
const [loadProgram] = positionals;

// Stands for node:test's context: collects what is to be undone after a turn.
class Turn {
    #undo = [];
    after(step) {
        this.#undo.unshift(step);
    }
    async end() {
        for (const step of this.#undo) await step();
    }
}

// CPU seconds of a process and its threads so far (proc(5): utime and stime, in clock ticks).
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
function cpuSeconds(pid) {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function load(port) {
    const args = [
        port,
        '/webhooks/lynn',
        vendors.lynn.secret,
        options.connections,
        options.seconds,
        options.bytes,
    ];
    const { stdout } = await promisify(execFile)('taskset', [
        '-c',
        loadCore,
        loadProgram,
        ...args.map(String),
    ]);
    const result = JSON.parse(stdout);
    if (result.errors > 0) throw new Error(`the load saw errors: ${stdout}`);
    return result;
}

async function nginx(turn) {
    const port = await freePort();
    const location = `location /webhooks/lynn { return 200 '{"status":"success"}'; }`;
    const lines = `keepalive_requests ${unlimited}; server { listen 127.0.0.1:${port}; ${location} }`;
    const pinned = ['taskset', '-c', serverCore];
    const { pid } = await startNginx(turn, temporaryDirectory(turn), port, lines, pinned);
    const before = cpuSeconds(pid);
    const result = await load(port);
    return { ...result, cpu: cpuSeconds(pid) - before };
}

// As shipped, its log included, but for one network thread: there is one core.
async function chathookd(turn, routes) {
    const delivers = routes[0].match === undefined;
    const directory = temporaryDirectory(turn);
    const [port, adminPort] = [await freePort(), await freePort()];
    const config = configuration(directory, {
        server: { listen: [`127.0.0.1:${port}`], threads: 1, limits: { requests_per_connection: unlimited } },
        admin: { listen: `127.0.0.1:${adminPort}` },
        log: { level: 'info', format: 'text' },
        routes,
    });
    const log = fs.openSync(path.join(directory, 'chathookd.log'), 'w');
    const daemon = new Daemon(directory, config, { logFile: log });
    undo(turn, () => daemon.end());
    await daemon.run();
    fs.closeSync(log);
    const { pid } = daemon.child;
    execFileSync('taskset', ['-a', '-c', '-p', serverCore, String(pid)]);
    const before = cpuSeconds(pid);
    const result = await load(port);
    const count = (name, labels) => daemon.metric(`chathook_${name}`, labels);
    const undelivered = async () =>
        (await count('events_total')) - (await count('deliveries_total', { outcome: 'delivered' }));
    const waiting = delivers ? await undelivered() : 0;
    const delivered = async () => !delivers || (await undelivered()) === 0;
    await until('the sinks to have everything', delivered, drainWithin);
    const cpu = cpuSeconds(pid) - before; // deliveries after the load included
    return { ...result, cpu, waiting };
}

const cases = {
    'nginx `return 200`': nginx,
    'chathookd, no sinks': (turn) => chathookd(turn, [{ match: { type: ['nothing'] }, to: ['events'] }]),
    'chathookd, file sink': (turn) => chathookd(turn, [{ to: ['events'] }]),
};

async function takeTurn(measure) {
    const turn = new Turn();
    try {
        return await measure(turn);
    } finally {
        await turn.end();
    }
}

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length / 2;
    return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const rounds = [];
for (let round = 1; round <= Number(options.rounds); ++round) {
    const results = {};
    for (const [name, measure] of Object.entries(cases)) {
        results[name] = await takeTurn(measure);
        process.stderr.write(`round ${round}, ${name}: ${JSON.stringify(results[name])}\n`);
    }
    rounds.push(results);
}

const cpu = fs.readFileSync('/proc/cpuinfo', 'utf8').match(/^model name\s*: (.*)$/m)?.[1] ?? 'unknown';
console.log(
    `${options.rounds} rounds of ${options.seconds} s, ${options.connections} connections, ` +
        `${options.bytes} bytes a body; ${cpu}\n`,
);
console.log('| case | requests/s | beside nginx | p50 ms | p99 ms | CPU µs/request | load CPU |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
const [reference] = Object.keys(cases);
for (const name of Object.keys(cases)) {
    const of = (pick) => median(rounds.map((results) => pick(results[name], results[reference])));
    const row = [
        name,
        of(({ rate }) => rate).toFixed(0),
        of(({ rate }, other) => rate / other.rate).toFixed(2),
        of(({ p50_ms }) => p50_ms).toFixed(2),
        of(({ p99_ms }) => p99_ms).toFixed(2),
        of(({ cpu, requests }) => (cpu / requests) * 1e6).toFixed(1),
        `${(of(({ load_cpu_share }) => load_cpu_share) * 100).toFixed(0)} %`,
    ];
    console.log(`| ${row.join(' | ')} |`);
}

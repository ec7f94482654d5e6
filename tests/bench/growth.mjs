// Whether what an event costs stays the same while the journal grows, and what memory it takes; docs/performance.md:
//   node tests/bench/growth.mjs LOAD [--millions 10] [--step 1] [--dead] [--starts]
// LOAD: the load generator (tests/bench/run builds one). --dead: the only sink is one that nobody listens for, so that
// all that comes waits for it. --starts: at the end, how long a start takes until it is ready, after a stop and after a
// kill. $CHATHOOKD is the binary. A row for each step: rate, CPU, memory, the database's size.
// At the end of a step an event's CPU is measured in turns with a daemon whose journal is new, for over minutes the
// machine changes more than the journal does.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { freePort } from '../flow/support/ports.mjs';
import { residentBytes } from '../flow/support/process.mjs';
import { loadArguments } from './bodies.mjs';
import { chathookd } from './servers.mjs';
import { median } from './table.mjs';

const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        millions: { type: 'string', default: '10' },
        step: { type: 'string', default: '1' },
        dead: { type: 'boolean', default: false },
        starts: { type: 'boolean', default: false },
    },
});
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'chathook-growth-'));
const undo = [() => fs.rmSync(directory, { recursive: true, force: true })];
const turn = { after: (step) => undo.unshift(step) };
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const cpuSeconds = (pid) => {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};
const mebibytes = (bytes) => (bytes / 1048576).toFixed(1);
const turnsEach = 3;
const eventsOfTurn = 100_000;
const usual = { connections: 64, bytes: 404, vendor: 'lynn', cores: '0', directory };
const dead = { events: { type: 'http', url: `http://127.0.0.1:${await freePort()}/`, allow_private: true } };

// A daemon, and how many events it has got.
async function start(where) {
    const server = await chathookd(where, {
        ...usual,
        changes: (own) => ({
            journal: { path: path.join(own, 'journal'), min_free_disk: '1MiB', max_size: '64GiB' },
            ...(options.dead ? { sinks: dead } : {}),
        }),
    });
    return { ...server, pid: server.pids()[0], events: 0 };
}

// Sends it that many more; answers the load's figures and the CPU time of one.
async function send(server, count) {
    const words = [`port=${server.port}`, 'seconds=3600', `first=${server.events + 1}`, `count=${count}`, ...loadArguments(directory, usual)];
    const before = cpuSeconds(server.pid);
    const { stdout } = await promisify(execFile)('taskset', ['-c', '1', positionals[0], ...words]);
    const result = JSON.parse(stdout);
    if (result.errors > 0) throw new Error(`the load saw errors: ${stdout}`);
    server.events += count;
    if (!options.dead) await server.finish();
    return { ...result, cpu: ((cpuSeconds(server.pid) - before) / result.requests) * 1e6 };
}

async function besideANewOne(grown) {
    const undoNew = [];
    const fresh = await start({ after: (step) => undoNew.unshift(step) });
    const cpu = { grown: [], fresh: [] };
    try {
        for (let at = 0; at < turnsEach; ++at) {
            cpu.grown.push((await send(grown, eventsOfTurn)).cpu);
            cpu.fresh.push((await send(fresh, eventsOfTurn)).cpu);
        }
    } finally {
        for (const step of undoNew) await step();
    }
    return { grown: median(cpu.grown), fresh: median(cpu.fresh) };
}

// The seconds from the beginning of the process to the first 200 of /readyz: [after a stop, after a kill], three each,
// with the files in the page cache.
async function measureStarts(server) {
    const { daemon } = server;
    daemon.logFile = fs.openSync(path.join(directory, 'starts.log'), 'a');
    const seconds = async () => {
        const began = performance.now();
        await daemon.run();
        return ((performance.now() - began) / 1000).toFixed(2);
    };
    const taken = { stopped: [], killed: [] };
    for (let at = 0; at < turnsEach; ++at) {
        await daemon.stop();
        taken.stopped.push(await seconds());
    }
    for (let at = 0; at < turnsEach; ++at) {
        await send({ ...server, events: server.events, finish: () => {}, pid: daemon.child.pid }, 10_000);
        server.events += 10_000;
        await daemon.kill();
        taken.killed.push(await seconds());
    }
    console.log(`\nready after a stop: ${taken.stopped.join(', ')} s; after a kill: ${taken.killed.join(', ')} s`);
    console.log(`resident after a start: ${mebibytes(residentBytes(daemon.child.pid))} MiB`);
}

try {
    const server = await start(turn);
    console.log(`before the first event: ${mebibytes(residentBytes(server.pid))} MiB\n`);
    const titles = ['events', 'requests/s', 'p99 ms', 'CPU µs/request', 'then', 'a new journal beside it', 'resident MiB', 'database MiB'];
    console.log(`| ${titles.join(' | ')} |\n|${' --- |'.repeat(titles.length)}`);
    while (server.events < Number(options.millions) * 1e6) {
        const result = await send(server, Number(options.step) * 1e6);
        const resident = residentBytes(server.pid);
        const { grown, fresh } = options.dead ? {} : await besideANewOne(server);
        const database = fs.statSync(path.join(server.journal, 'journal.sqlite')).size;
        const digits = [result.p99_ms.toFixed(2), result.cpu.toFixed(1), grown?.toFixed(1) ?? '', fresh?.toFixed(1) ?? ''];
        console.log(`| ${[server.events, result.rate, ...digits, mebibytes(resident), mebibytes(database)].join(' | ')} |`);
    }
    if (options.starts) await measureStarts(server);
} finally {
    for (const step of undo) await step();
}

// Whether what an event costs stays the same while the journal grows, and what memory it takes; docs/performance.md:
//   node tests/bench/growth.mjs LOAD [--millions 10] [--step 1] [--dead]
// LOAD: the load generator (tests/bench/run builds one). --dead: the only sink is one that nobody listens for, so that
// all that comes waits for it. $CHATHOOKD is the binary. A row for each step: rate, CPU, memory, the database's size.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { freePort } from '../flow/support/ports.mjs';
import { residentBytes } from '../flow/support/process.mjs';
import { loadArguments } from './bodies.mjs';
import { chathookd } from './servers.mjs';

const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        millions: { type: 'string', default: '10' },
        step: { type: 'string', default: '1' },
        dead: { type: 'boolean', default: false },
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
try {
    const usual = { connections: 64, bytes: 404, vendor: 'lynn', cores: '0', directory };
    const dead = { events: { type: 'http', url: `http://127.0.0.1:${await freePort()}/`, allow_private: true } };
    const server = await chathookd(turn, { ...usual, changes: options.dead ? { sinks: dead } : {} });
    const [pid] = server.pids();
    console.log(`before the first event: ${mebibytes(residentBytes(pid))} MiB\n`);
    console.log('| events | requests/s | p99 ms | CPU µs/request | resident MiB | database MiB |');
    console.log('| --- | --- | --- | --- | --- | --- |');
    const step = Number(options.step) * 1e6;
    for (let done = 0; done < Number(options.millions) * 1e6; done += step) {
        const words = [`port=${server.port}`, 'seconds=3600', `first=${done + 1}`, `count=${step}`, ...loadArguments(directory, usual)];
        const before = cpuSeconds(pid);
        const { stdout } = await promisify(execFile)('taskset', ['-c', '1', positionals[0], ...words]);
        const result = JSON.parse(stdout);
        if (result.errors > 0) throw new Error(`the load saw errors: ${stdout}`);
        const cpu = ((cpuSeconds(pid) - before) / result.requests) * 1e6;
        const database = fs.statSync(path.join(server.journal, 'journal.sqlite')).size;
        const cells = [done + step, result.rate, result.p99_ms.toFixed(2), cpu.toFixed(1), mebibytes(residentBytes(pid)), mebibytes(database)];
        console.log(`| ${cells.join(' | ')} |`);
    }
} finally {
    for (const step of undo) await step();
}

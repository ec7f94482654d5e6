// Lets servers take turns under the same load and prints medians and ratios. Called by tests/bench/run.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { repository } from '../flow/support/daemon.mjs';
import { loadArguments } from './bodies.mjs';
import { groups } from './cases.mjs';
import { median, table } from './table.mjs';

const loadCore = '1';

const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        rounds: { type: 'string', default: '7' },
        seconds: { type: 'string', default: '8' },
        groups: { type: 'string', default: 'main' },
        case: { type: 'string', default: '' },
        json: { type: 'string' },
    },
});
const [loadProgram] = positionals;
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'chathook-bench-'));
process.on('exit', () => fs.rmSync(directory, { recursive: true, force: true }));

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

// CPU seconds of processes and their threads so far (proc(5): utime and stime, in clock ticks).
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
function cpuSeconds(pids) {
    const ticks = pids.map((pid) => {
        const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(fields[11]) + Number(fields[12]);
    });
    return ticks.reduce((sum, one) => sum + one, 0) / ticksPerSecond;
}

// The most memory they ever held, together (VmHWM, which the kernel gives in KiB).
function peakMebibytes(pids) {
    const peaks = pids.map((pid) => {
        const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
        return Number(/^VmHWM:\s*(\d+)/m.exec(status)[1]);
    });
    return peaks.reduce((sum, one) => sum + one, 0) / 1024;
}

async function load(one, port, rate) {
    const words = [
        `port=${port}`,
        `seconds=${options.seconds}`,
        `connections=${one.connections}`,
        `tls=${one.tls ? 1 : 0}`,
        ...loadArguments(directory, one),
        ...(rate ? [`rate=${rate}`] : []),
    ];
    const { stdout } = await promisify(execFile)('taskset', ['-c', loadCore, loadProgram, ...words]);
    const result = JSON.parse(stdout);
    if (result.errors > 0) throw new Error(`${one.name}: the load saw errors: ${stdout}`);
    return result;
}

async function measure(one, round) {
    const turn = new Turn();
    try {
        const server = await one.start(turn, { ...one, directory });
        const before = cpuSeconds(server.pids());
        const rate = one.paced ? round[one.paced.of].rate * one.paced.share : undefined;
        const result = await load(one, server.port, rate);
        const finished = (await server.finish?.()) ?? {};
        const cpu_us = ((cpuSeconds(server.pids()) - before) / result.requests) * 1e6;
        return { ...result, ...finished, cpu_us, peak_mib: peakMebibytes(server.pids()) };
    } finally {
        await turn.end();
    }
}

// The chosen cases with those that they are put beside, each once.
function chosen() {
    const wanted = options.groups === 'all' ? Object.keys(groups) : options.groups.split(',');
    const unknown = wanted.filter((name) => !groups[name]);
    if (unknown.length) throw new Error(`no group ${unknown}; there are ${Object.keys(groups)}`);
    const everything = Object.values(groups).flat();
    const picked = wanted.flatMap((name) => groups[name]).filter(({ name }) => name.includes(options.case));
    const needed = new Set(picked.flatMap((one) => [one.name, one.beside, one.paced?.of]));
    for (const one of everything) if (needed.has(one.name) && one.beside) needed.add(one.beside);
    return everything.filter(({ name }) => needed.has(name));
}

const git = (...words) => execFileSync('git', ['-C', repository, ...words], { encoding: 'utf8' }).trim();

const cases = chosen();
const rounds = [];
for (let number = 1; number <= Number(options.rounds); ++number) {
    const round = {};
    for (const one of cases) {
        round[one.name] = await measure(one, round);
        process.stderr.write(`round ${number}, ${one.name}: ${JSON.stringify(round[one.name])}\n`);
    }
    rounds.push(round);
}

const cpu = fs.readFileSync('/proc/cpuinfo', 'utf8').match(/^model name\s*: (.*)$/m)?.[1] ?? 'unknown';
const results = {
    commit: git('rev-parse', '--short', 'HEAD'),
    changed: git('status', '--porcelain', '--', 'src', 'include') !== '',
    when: new Date().toISOString(),
    cpu,
    rounds: Number(options.rounds),
    seconds: Number(options.seconds),
    cases: Object.fromEntries(
        cases.map(({ name, beside }) => [
            name,
            {
                beside,
                rounds: rounds.map((round) => ({
                    ...round[name],
                    ...(beside ? { ratio: round[name].rate / round[beside].rate } : {}),
                })),
            },
        ]),
    ),
};
if (options.json) fs.writeFileSync(options.json, `${JSON.stringify(results, null, 1)}\n`);
console.log(table(results));
const busiest = Math.max(
    ...cases.map(({ name }) => median(rounds.map((round) => round[name].load_cpu_share))),
);
console.log(`\nThe load generator's core was ${(busiest * 100).toFixed(0)} % busy at most.`);

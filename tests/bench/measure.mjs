// Lets servers take turns under the same load and prints medians and ratios; or, with --before BINARY, how
// chathookd compares with that one, which takes its turns beside it. Called by tests/bench/run.
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { repository } from '../flow/support/daemon.mjs';
import { loadArguments } from './bodies.mjs';
import { counted, groups, isOurs } from './cases.mjs';
import { comparison, fewestRounds } from './compare.mjs';
import { countInstructions, countedRequests } from './instructions.mjs';
import { median, table } from './table.mjs';

const loadCore = '1';

const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        groups: { type: 'string', default: 'main' },
        case: { type: 'string', default: '' },
        instructions: { type: 'boolean', default: false },
        before: { type: 'string' },
        'before-name': { type: 'string', default: 'before' },
        json: { type: 'string' },
    },
});
const usually = options.before ? { rounds: 15, seconds: 3 } : { rounds: 7, seconds: 8 };
const numberOfRounds = Number(options.rounds ?? (options.instructions ? 5 : usually.rounds));
const secondsOfLoad = Number(options.seconds ?? usually.seconds);
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

// `more`: further words for the load generator, which the last of a name rules.
async function load(one, port, more) {
    const words = [
        `port=${port}`,
        `seconds=${secondsOfLoad}`,
        `connections=${one.connections}`,
        `tls=${one.tls ? 1 : 0}`,
        ...loadArguments(directory, one),
        ...more,
    ];
    const { stdout } = await promisify(execFile)('taskset', ['-c', loadCore, loadProgram, ...words]);
    const result = JSON.parse(stdout);
    if (result.errors > 0) throw new Error(`${one.name}: the load saw errors: ${stdout}`);
    return result;
}

async function time(turn, one, rate) {
    if (one.measure) return one.measure(directory, secondsOfLoad);
    const server = await one.start(turn, one);
    const before = cpuSeconds(server.pids());
    const result = await load(one, server.port, rate ? [`rate=${rate}`] : []);
    const finished = (await server.finish?.()) ?? {};
    const cpu_us = ((cpuSeconds(server.pids()) - before) / result.requests) * 1e6;
    return { ...result, ...finished, cpu_us, peak_mib: peakMebibytes(server.pids()) };
}

async function measure(one, rate) {
    const turn = new Turn();
    try {
        const placed = { ...one, directory };
        if (options.instructions) return await countInstructions(turn, placed, load);
        return await time(turn, placed, rate);
    } catch (error) {
        console.error(error); // what undoing the turn complains about then would hide it
        throw error;
    } finally {
        await turn.end();
    }
}

// Each case by name, chathookd's with each binary: {after: {...}, before: {...}}. The one that goes first in this
// round is second in the next, and both are offered the same rate.
async function runRound(number, cases) {
    const results = { after: {}, ...(options.before ? { before: {} } : {}) };
    const binaries = { after: undefined, before: options.before };
    const sides = Object.keys(results);
    if (number % 2) sides.reverse();
    for (const one of cases) {
        const rate = one.paced && (results.before ?? results.after)[one.paced.of].rate * one.paced.share;
        const told = (result, who) =>
            process.stderr.write(`round ${number}, ${one.name}${who}: ${JSON.stringify(result)}\n`);
        if (isOurs(one)) {
            for (const side of sides) {
                const result = await measure({ ...one, binary: binaries[side] }, rate);
                told(result, options.before ? ` (${side})` : '');
                results[side][one.name] = result;
            }
        } else {
            const result = await measure(one);
            told(result, '');
            for (const side of sides) results[side][one.name] = result;
        }
    }
    return results;
}

// The chosen cases with those that they are put beside, each once.
function chosen() {
    const everything = Object.values(groups).flat();
    if (options.instructions) {
        const ours = everything.filter(({ name }) => counted.includes(name) && name.includes(options.case));
        return ours.map((one) => ({ ...one, beside: undefined }));
    }
    const wanted = options.groups === 'all' ? Object.keys(groups) : options.groups.split(',');
    const unknown = wanted.filter((name) => !groups[name]);
    if (unknown.length) throw new Error(`no group ${unknown}; there are ${Object.keys(groups)}`);
    const picked = wanted.flatMap((name) => groups[name]).filter(({ name }) => name.includes(options.case));
    const needed = new Set(picked.flatMap((one) => [one.name, one.beside, one.paced?.of]));
    for (const one of everything) if (needed.has(one.name) && one.beside) needed.add(one.beside);
    return everything.filter(({ name }) => needed.has(name));
}

const git = (...words) => execFileSync('git', ['-C', repository, ...words], { encoding: 'utf8' }).trim();

const commit = git('rev-parse', '--short', 'HEAD');
const changed = git('status', '--porcelain', '--', 'src', 'include') !== '';
const cases = chosen();
if (cases.length === 0) throw new Error(`no case has '${options.case}' in its name`);
if (options.before && numberOfRounds < fewestRounds) throw new Error(`--before needs ${fewestRounds} rounds`);
const rounds = [];
for (let number = 1; number <= numberOfRounds; ++number) rounds.push(await runRound(number, cases));

const cpu = fs.readFileSync('/proc/cpuinfo', 'utf8').match(/^model name\s*: (.*)$/m)?.[1] ?? 'unknown';

function resultsOf(side) {
    const measured = side === 'before' ? cases.filter(isOurs) : cases;
    const turns = ({ name, beside }) =>
        rounds.map(({ [side]: round }) => ({
            ...round[name],
            ...(beside ? { ratio: round[name].rate / round[beside].rate } : {}),
        }));
    return {
        commit: side === 'before' ? options['before-name'] : commit,
        changed: side === 'after' && changed,
        when: new Date().toISOString(),
        cpu,
        rounds: numberOfRounds,
        ...(options.instructions ? { requests: countedRequests } : { seconds: secondsOfLoad }),
        cases: Object.fromEntries(
            measured.map((one) => [one.name, { beside: one.beside, rounds: turns(one) }]),
        ),
    };
}

const results = resultsOf('after');
if (options.before) results.before = resultsOf('before');
if (options.json) fs.writeFileSync(options.json, `${JSON.stringify(results, null, 1)}\n`);
if (options.before) {
    const { text, worse } = comparison(results.before, results, { inTurns: true });
    console.log(text);
    process.exitCode = worse ? 1 : 0;
} else {
    console.log(table(results));
}
if (!options.instructions) {
    const shares = cases.map(({ name }) => median(rounds.map(({ after }) => after[name].load_cpu_share)));
    const busiest = (Math.max(...shares) * 100).toFixed(0);
    console.log(`\nThe load generator's core was ${busiest} % busy at most.`);
}

// How many instructions chathookd needs for a request, where the clock is too noisy: it runs under valgrind's
// callgrind, many times slower. User space only, all threads, deliveries included. Its files lie in memory, for
// how many events share a commit depends on the disk, and what a request costs depends on that.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { undo } from '../flow/support/undo.mjs';
import { until } from '../flow/support/wait.mjs';
import { chathookd } from './servers.mjs';

const warmUp = 500; // requests: caches filled, connections' buffers grown
export const countedRequests = 4000;
const memory = '/dev/shm';

// Takes up to a second where ptrace may not wake the daemon: it listens when its next timer does.
const switchCounting = (daemon, state) =>
    promisify(execFile)('callgrind_control', ['-i', state, String(daemon.child.pid)], { timeout: 60_000 });

// `load(one, port, words)` runs the load generator.
export async function countInstructions(turn, one, load) {
    if (fs.existsSync(memory)) process.env.TMPDIR = memory;
    const file = path.join(one.directory, 'callgrind.out');
    undo(turn, () => fs.rmSync(file, { force: true }));
    const { daemon, port } = await chathookd(turn, {
        ...one,
        under: ['valgrind', '--tool=callgrind', '--instr-atstart=no', `--callgrind-out-file=${file}`],
        limits: { commit_timeout: '60s' },
        // So many refusals a second are written down, which on a slow clock is a matter of luck.
        changes: (directory) => ({
            journal: {
                path: path.join(directory, 'journal'),
                min_free_disk: '1MiB',
                rejections: { keep: 0 },
            },
        }),
    });
    const send = (first, count) => load(one, port, ['seconds=600', `first=${first}`, `count=${count}`]);
    const delivers = !one.forged && one.sink !== false;
    const delivered = (count) =>
        delivers && until(`${count} deliveries`, () => daemon.events.length >= count, 60_000);
    const inCommits = (part) => daemon.metric(`chathook_commit_batch_events_${part}`);
    const commits = async () => [await inCommits('sum'), await inCommits('count')];

    await send(1, warmUp);
    await delivered(warmUp);
    const before = await commits();
    await switchCounting(daemon, 'on');
    const { requests } = await send(warmUp + 1, countedRequests);
    await delivered(warmUp + countedRequests);
    await switchCounting(daemon, 'off');
    const [events, shared] = (await commits()).map((count, at) => count - before[at]);
    await daemon.end();

    const total = /^totals: (\d+)$/m.exec(fs.readFileSync(file, 'utf8'));
    if (!total || Number(total[1]) === 0) throw new Error(`callgrind counted nothing for ${one.name}`);
    const perRequest = Number(total[1]) / requests;
    return { requests, instructions: perRequest, ...(shared > 0 ? { commit_events: events / shared } : {}) };
}

// Floods the daemon with unsigned bodies of a megabyte from a thread of its own: otherwise the time that Node
// takes to send them would count as the daemon's.
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

import { post } from '../../flow/support/http.mjs';

const mebibyte = 1 << 20;

const wrong = () => ({
    chatbase: { 'x-chatbase-signature': '0'.repeat(40) },
    wonderchat: { 'x-wonderchat-signature': '0'.repeat(64) },
    newoaks: { 'x-webhook-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}` },
});
const filled = (begin, part, end) =>
    begin + part.repeat(Math.floor((mebibyte - begin.length - end.length) / part.length)) + end;

export const heavy = {
    numbers: filled('[', '1,', '1]'),
    members: filled('{', '"":1,', '"a":1}'),
    powers: filled('[', '1e20,', '1]'),
    nested: '['.repeat(mebibyte / 2) + ']'.repeat(mebibyte / 2),
    opened: '['.repeat(mebibyte),
};

// Sends each of `bodies` (names of `heavy`) `atOnce` times in parallel, `rounds` times. Returns how often
// each status came back; 0: the connection broke.
export function flood(url, bodies, { atOnce = 60, rounds = 1 } = {}) {
    return new Promise((resolve, reject) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: { url, bodies, atOnce, rounds } });
        worker.on('message', resolve);
        worker.on('error', reject);
    });
}

async function attack({ url, bodies, atOnce, rounds }) {
    const statuses = {};
    for (let round = 0; round < rounds; ++round) {
        for (const [at, name] of bodies.entries()) {
            const [vendor, headers] = Object.entries(wrong())[(round + at) % 3];
            const body = Buffer.from(heavy[name]);
            const one = () => post(`${url}/webhooks/${vendor}`, headers, body).catch(() => ({ status: 0 }));
            for (const { status } of await Promise.all(Array.from({ length: atOnce }, one)))
                statuses[status] = (statuses[status] ?? 0) + 1;
        }
    }
    parentPort.postMessage(statuses);
}

if (!isMainThread && workerData?.bodies) await attack(workerData);

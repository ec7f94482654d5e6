// An hour of load with kills, by hand: node tests/faults/soak.mjs [SECONDS] [REQUESTS A SECOND]
// A thousand requests a second to file, stdout and http sink, a kill -9 every one to two minutes, and every ten
// seconds a line of what the daemon uses. At the end the judge, and whether memory, descriptors and log stayed flat.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { residentBytes } from '../flow/support/process.mjs';
import { between, chance, seed } from './support/seed.mjs';
import { Trial } from './support/trial.mjs';

const seconds = Number(process.argv[2] ?? 3600);
const rate = Number(process.argv[3] ?? 1000);
const mebibyte = 1 << 20;
const settledIn = 20; // seconds after a start during which memory may grow

function used({ daemon }) {
    const pid = daemon.child.pid;
    const size = (name) => fs.statSync(path.join(daemon.config.journal.path, name), { throwIfNoEntry: false })?.size ?? 0;
    return {
        memory: residentBytes(pid) / mebibyte,
        descriptors: fs.readdirSync(`/proc/${pid}/fd`).length,
        log: size('journal.sqlite-wal') / mebibyte,
        database: size('journal.sqlite') / mebibyte,
    };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

test(`${seconds} seconds at ${rate} a second (seed ${seed})`, async (t) => {
    const random = chance('soak');
    const trial = await Trial.start(t, `soak-${seed}`, {
        changes: (receiver, directory) => ({
            sinks: {
                events: { type: 'file', path: 'events.jsonl', rotate: { size: '64MiB', keep: 1000 } },
                console: { type: 'stdout', format: 'json' },
                // In sequence they would be slower than the load.
                crm: { type: 'http', url: receiver.url, payload: 'cloudevents', allow_private: true, concurrency: 16 },
            },
            // Little history is kept, so that everything reaches its final size soon and stays there.
            journal: { path: path.join(directory, 'journal'), retain_delivered: '30s', dedupe_window: '30s', min_free_disk: '256MiB' },
        }),
    });
    const { daemon, ledger } = trial;
    trial.receiver.requests = { push() {} }; // the records on disk are enough
    const begun = Date.now();
    const samples = [];
    let kills = 0;
    while (Date.now() < begun + seconds * 1000) {
        const started = Date.now();
        const life = Math.min(between(random, 60, 120) * 1000, begun + seconds * 1000 - started);
        const loading = ledger.load(daemon, {
            rate, connections: 64, stopped: () => daemon.exited, // killed in the middle of it
        });
        while (!daemon.exited && Date.now() < started + life) {
            await delay(Math.min(10_000, started + life - Date.now() + 1));
            if (daemon.exited) break;
            const sample = { at: (Date.now() - begun) / 1000, age: (Date.now() - started) / 1000, ...used(trial) };
            samples.push(sample);
            trial.collect();
            daemon.lines.length = daemon.logs.length = 0; // an hour of them does not fit into this process
            const told = Object.entries(sample).map(([name, value]) => `${name} ${value.toFixed(name === 'descriptors' ? 0 : 1)}`);
            process.stderr.write(`${told.join(', ')}, answered ${ledger.answered.size}, not ${ledger.unanswered}\n`);
        }
        await daemon.kill();
        await loading;
        kills += 1;
        await daemon.run();
    }
    await trial.delivered(300_000);
    const { guilty, verdict } = trial.judged({ unsorted: ['crm'] });
    assert.ok(!guilty, JSON.stringify(verdict, null, 1));
    assert.deepEqual([...ledger.statuses], []);

    const settled = samples.filter(({ age }) => age > settledIn);
    assert.ok(settled.length >= 3, 'long enough to tell: some minutes at least');
    const third = Math.ceil(settled.length / 3);
    for (const name of ['memory', 'descriptors', 'log']) {
        const [early, late] = [settled.slice(0, third), settled.slice(-third)].map((part) => mean(part.map((one) => one[name])));
        t.diagnostic(`${name}: ${early.toFixed(1)} in the first third, ${late.toFixed(1)} in the last`);
        assert.ok(late < early * 1.15 + 4, `${name} grows`);
    }
    t.diagnostic(`${kills} kills, ${verdict.answered} answered, 0 lost`);
});

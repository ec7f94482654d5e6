// The promise, across kill -9: what was answered 200 is delivered to every sink, whenever the process dies.
// CHATHOOK_KILLS is the number of kills; CHATHOOK_SEED repeats a run's moments.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { until } from '../flow/support/wait.mjs';
import { between, chance, seed, times } from './support/seed.mjs';
import { Trial } from './support/trial.mjs';

const kills = times('CHATHOOK_KILLS', 20);
const readyWithin = times('CHATHOOK_READY_WITHIN', 2_000); // milliseconds
const rate = 500; // a second
const patience = 120_000; // milliseconds, for sanitizer builds

test(`${kills} kills under load lose nothing that was answered (seed ${seed})`, async (t) => {
    const random = chance('kills');
    const trial = await Trial.start(t, `kills-${seed}`);
    const { daemon, ledger } = trial;
    let slowest = 0;
    for (let kill = 0; kill < kills; ++kill) {
        const before = ledger.answered.size;
        const loading = ledger.load(daemon, { rate, connections: 32, stopped: () => daemon.exited });
        await until('an answer', () => ledger.answered.size > before, patience);
        await delay(between(random, 0, 750)); // the moment is what varies
        await daemon.kill();
        await loading;
        const since = performance.now();
        await daemon.run();
        slowest = Math.max(slowest, performance.now() - since);
    }
    assert.ok(ledger.unanswered > 0, 'kills came while requests were under way');
    assert.ok(slowest < readyWithin, `ready ${Math.round(slowest)} ms after a start`);

    // Vendors repeat what was not answered.
    const open = Array.from({ length: ledger.next }, (_, at) => `${ledger.name}-${at}`);
    await ledger.retry(daemon, open.filter((conversation) => !ledger.answered.has(conversation)));
    assert.equal(ledger.answered.size, ledger.next);
    assert.deepEqual([...ledger.statuses], []);
    await trial.delivered(patience);
    const { guilty, verdict } = trial.judged();
    assert.ok(!guilty, JSON.stringify(verdict, null, 1));
    const doubled = ['events', 'console', 'crm'].map((sink) => `${sink} ${verdict[sink].doubled}`);
    t.diagnostic(`${verdict.answered} answered, 0 lost; came twice: ${doubled.join(', ')}; ` +
        `slowest start ${Math.round(slowest)} ms`);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
});

test(`after ${kills} kills within a start, the next start is as after one`, async (t) => {
    const random = chance('starts');
    const trial = await Trial.start(t, `starts-${seed}`);
    const { daemon, ledger } = trial;
    for (let kill = 0; kill < kills; ++kill) {
        const before = ledger.answered.size;
        const loading = ledger.load(daemon, { rate, connections: 4, stopped: () => daemon.exited });
        await until('an answer', () => ledger.answered.size > before, patience);
        await daemon.kill();
        await loading;
        const lines = daemon.logs.length;
        const starting = daemon.run().catch(() => {}); // it is killed before or soon after it is ready
        const begun = () => daemon.logs.slice(lines).some(({ event }) => event === beginning);
        const beginning = kill % 2 ? 'starting' : 'listening';
        await until('it to begin', begun, patience);
        await delay(between(random, 0, 20));
        await daemon.kill();
        await starting;
        assert.deepEqual(await daemon.exit, { code: null, signal: 'SIGKILL' }, daemon.lines.at(-1));
        await daemon.run();
    }
    await trial.delivered(patience);
    const { guilty, verdict } = trial.judged();
    assert.ok(!guilty, JSON.stringify(verdict, null, 1));
});

// The network between the http sink and its receiver is bad in eight ways, one after the other: nothing is
// lost, every event arrives at least once and in order, and the other sinks are not affected. CHATHOOK_TOXIC
// is the duration of each (seconds); CHATHOOK_LAG_WITHIN the allowed lag of the others (milliseconds).
import assert from 'node:assert/strict';
import test from 'node:test';

import { chance, seed, times } from './support/seed.mjs';
import { Toxics, toxicNames } from './support/toxics.mjs';
import { Trial } from './support/trial.mjs';
import { Watch } from './support/watch.mjs';

const lasting = times('CHATHOOK_TOXIC', 4) * 1000;
const lagWithin = times('CHATHOOK_LAG_WITHIN', 1000);
const rate = 40; // a second
const patience = 120_000 + 2 * lasting;

const random = chance('toxics');
const doses = {
    latency: { milliseconds: 2000 },
    jitter: { milliseconds: 1000, random },
    bandwidth: { bytesPerSecond: 1000 },
    slowClose: { milliseconds: 2000 },
    blackhole: {},
    reset: {},
    limitData: { bytes: 10 },
    slicer: { bytes: 3, random },
};
// These lose answers, or everything: events that the receiver has may come again, and the breaker opens. With
// the others every event arrives once.
const deadly = ['blackhole', 'reset', 'limitData'];

async function through(t, name, { concurrency = 1 } = {}) {
    const proxy = await Toxics.start(t);
    const timeout = deadly.includes(name) ? '1s' : '15s';
    const trial = await Trial.start(t, `${name}-${seed}`, {
        changes: () => ({
            sinks: {
                events: { type: 'file', path: 'events.jsonl' },
                console: { type: 'stdout', format: 'json' },
                crm: {
                    type: 'http', url: `http://127.0.0.1:${proxy.port}/hook`, timeout, concurrency,
                    retry: { initial: '20ms', max: '500ms', breaker: { failures: 3, pause: '200ms' } },
                },
            },
        }),
    });
    proxy.target = trial.receiver.port;
    const { daemon } = trial;
    const watch = new Watch(trial);
    const others = ['events', 'console'];
    const warm = performance.now() + 300;
    await watch.run({ rate, going: () => performance.now() < warm, sinks: ['events', 'console', 'crm'] });
    assert.ok(watch.slowest('crm') < lagWithin, 'the way is good to begin with');

    if (name === 'slowClose') {
        const answer = trial.receiver.answer;
        trial.receiver.answer = (request) => ({ ...answer(request), headers: { connection: 'close' } });
    }
    proxy.poison(name, doses[name]);
    const end = performance.now() + lasting;
    const sent = await watch.run({ rate, going: () => performance.now() < end, sinks: others });
    assert.ok(sent > (rate * lasting) / 1000 / 2, `${sent} webhooks were answered meanwhile`);
    for (const sink of others) {
        assert.ok(watch.slowest(sink) < lagWithin, `${sink} lagged ${Math.round(watch.slowest(sink))} ms`);
    }
    if (name === 'slowClose') assert.ok(proxy.connections > sent / 2, 'every connection was closed');
    else assert.ok(watch.slowest('crm') > 500, 'the way was bad');
    proxy.heal();
    const healed = performance.now();
    await trial.delivered(patience);
    const caughtUp = Math.round(performance.now() - healed);
    const { guilty, verdict } = trial.judged({ unsorted: concurrency > 1 ? ['crm'] : [] });
    assert.ok(!guilty, JSON.stringify(verdict, null, 1));
    assert.equal(verdict.answered, trial.ledger.answered.size);
    const opened = daemon.logs.filter((line) => line.event === 'sink_breaker_open' && line.sink === 'crm');
    assert.equal(opened.length > 0, deadly.includes(name), 'the breaker opens when nothing gets through');
    if (!deadly.includes(name)) assert.equal(verdict.crm.doubled, 0, 'nothing comes twice');
    t.diagnostic(`${verdict.answered} answered, 0 lost, ${verdict.crm.doubled} came twice; others at most ` +
        `${Math.round(Math.max(...others.map((sink) => watch.slowest(sink))))} ms; breaker opened ${opened.length} times; ` +
        `${proxy.connections} connections; caught up in ${caughtUp} ms (seed ${seed})`);
}

for (const name of toxicNames) {
    test(`the http sink through a network with ${name}`, (t) => through(t, name));
}

test('the http sink with four requests at a time through a network that resets connections', (t) =>
    through(t, 'reset', { concurrency: 4 }));

// Sinks that confirm an event and lose it: a receiver that answers 200 and forgets, a file that is removed.
// `events replay` restores everything that is kept. CHATHOOK_LIES is the number of events lost by each.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { chathookd } from '../flow/support/daemon.mjs';
import { until } from '../flow/support/wait.mjs';
import { seed, times } from './support/seed.mjs';
import { Trial } from './support/trial.mjs';

const lies = times('CHATHOOK_LIES', 1500); // more than fit into one transaction
const honest = 100;
const patience = 120_000;

// Waits until the journal has recorded `count` deliveries to `sink` since the daemon's start.
const settled = (daemon, sink, count) =>
    until(`${count} events to be settled`, async () => (await daemon.metric('chathook_deliveries_total', { sink, outcome: 'delivered' })) >= count, patience);

function replay(daemon, ...options) {
    const done = chathookd(['events', 'replay', '--admin', daemon.adminAddress, '--json', ...options]);
    assert.equal(done.code, 0, done.err);
    return JSON.parse(done.out);
}

async function brought(t, trial) {
    await trial.delivered(patience);
    const { guilty, verdict } = trial.judged({ unsorted: ['events', 'crm'] }); // replayed events come late
    assert.ok(!guilty, JSON.stringify(verdict, null, 1));
    assert.equal(verdict.answered, trial.ledger.answered.size);
    t.diagnostic(`${verdict.answered} answered, all there after the replay (seed ${seed})`);
    return verdict;
}

test('a receiver that answers 200 and forgets gets everything again from `events replay --since`', async (t) => {
    const trial = await Trial.start(t, `forgets-${seed}`);
    const { daemon, ledger, receiver } = trial;
    await ledger.load(daemon, { count: honest });
    await settled(daemon, 'crm', honest);
    await delay(10); // earlier events are older than `since`
    const since = new Date().toISOString();
    const truth = receiver.answer;
    receiver.answer = () => ({ status: 200 });
    await ledger.load(daemon, { count: lies });
    await settled(daemon, 'crm', honest + lies);
    receiver.answer = truth;
    assert.equal(trial.atReceiver.size, honest, 'it has forgotten all of them');
    assert.equal(trial.judged({ unsorted: ['crm'] }).verdict.crm.lost.count, lies, 'the judge misses them');

    const planned = replay(daemon, '--sink', 'crm', '--since', since, '--dry-run');
    assert.equal(planned.events, lies);
    await delay(100);
    assert.equal(trial.atReceiver.size, honest, 'a plan does nothing');
    assert.equal(replay(daemon, '--sink', 'crm', '--since', since, '--yes').due, lies);
    const { crm } = await brought(t, trial);
    assert.equal(crm.doubled, 0, 'what came before the lies is not sent again');
});

test('`events replay` rewrites a removed file while new events continue', async (t) => {
    const trial = await Trial.start(t, `removed-${seed}`);
    const { daemon, ledger } = trial;
    await ledger.load(daemon, { count: lies });
    await trial.delivered(patience);
    await settled(daemon, 'events', lies);
    fs.rmSync(trial.eventsFile);
    const loading = ledger.load(daemon, { count: honest, rate: 200 });
    assert.ok(replay(daemon, '--sink', 'events', '--yes').due >= lies);
    await loading;
    await brought(t, trial);
});

test('a replay survives a kill and a receiver that is down', async (t) => {
    const trial = await Trial.start(t, `killed-${seed}`);
    const { daemon, ledger, receiver } = trial;
    const truth = receiver.answer;
    receiver.answer = () => ({ status: 200 });
    await ledger.load(daemon, { count: lies });
    await settled(daemon, 'crm', lies);
    receiver.answer = truth;
    await receiver.close();
    assert.equal(replay(daemon, '--sink', 'crm', '--yes').due, lies);
    await daemon.kill();
    await daemon.run();
    await receiver.up();
    await until('some of them', () => trial.atReceiver.size > lies / 10, patience);
    await daemon.kill();
    await daemon.run();
    await brought(t, trial);
});

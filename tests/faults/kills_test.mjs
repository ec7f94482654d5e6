// The promise, across kill -9: what was answered 200 is delivered to every sink, whenever the process dies.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Daemon, readEvents } from '../flow/support/daemon.mjs';
import { Load } from '../flow/support/load.mjs';
import { Receiver } from '../flow/support/receiver.mjs';
import { until } from '../flow/support/wait.mjs';

const total = 10_000;
const killsAfter = [1_500, 5_000, 8_000]; // answers
const within = 120_000; // milliseconds, for sanitizer builds

// conversation -> the ids of the events that tell of it
function idsByConversation(events) {
    const ids = new Map();
    for (const event of events) ids.set(event.subject, (ids.get(event.subject) ?? new Set()).add(event.id));
    return ids;
}

test('of ten thousand webhooks and three kills, all that was answered is at every sink', async (t) => {
    const receiver = await Receiver.start(t);
    const daemon = await Daemon.start(t, {
        sinks: {
            events: { type: 'file', path: 'events.jsonl' },
            crm: {
                type: 'http',
                url: receiver.url,
                payload: 'cloudevents',
                allow_private: true,
                concurrency: 8,
                retry: { initial: '50ms', max: '200ms' },
            },
        },
        routes: [{ to: ['events', 'crm'] }],
    });

    const load = new Load('crash');
    let cut = 0;
    for (const kill of killsAfter) {
        const sending = load.send(daemon, 0, total, () => daemon.exited);
        await until(`${kill} answers`, () => load.answered.size >= kill, within);
        await daemon.kill();
        await sending;
        cut += load.failures;
        // A line that the file sink was writing when the process died may stand torn at the end until the
        // next start.
        await daemon.run();
    }
    assert.ok(cut > 0, 'the kill came while requests were under way');
    assert.ok(load.answered.size < total, 'the kill came before the load was through');

    // Vendors send again what was not answered.
    await load.send(daemon, 0, total);
    assert.equal(load.answered.size, total);
    assert.deepEqual([...load.statuses], []);

    await until('every event in the file', () => idsByConversation(daemon.events).size === total, within);
    await until(
        'every event at the receiver',
        () => receiver.requests.length >= total && idsByConversation(receiver.events).size === total,
        within,
    );
    for (const [sink, events] of [
        ['file', readEvents(daemon.eventsFile)],
        ['receiver', receiver.events],
    ]) {
        const ids = idsByConversation(events);
        for (const conversation of load.answered)
            assert.ok(ids.has(conversation), `${conversation} is at the ${sink}`);
        for (const [conversation, of] of ids)
            assert.equal(of.size, 1, `${conversation} is one event at the ${sink}`);
    }
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
});

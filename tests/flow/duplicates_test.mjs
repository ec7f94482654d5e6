// Vendors repeat webhooks that they believe lost: these are answered as accepted and delivered once.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Daemon } from './support/daemon.mjs';
import { Receiver } from './support/receiver.mjs';
import { allSamples } from './support/samples.mjs';
import { lynnBody, signed, vendors } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const samples = allSamples();

// Sends one more event and waits for it: everything before it has been delivered then.
async function settled(daemon, count) {
    assert.equal((await daemon.send('lynn', lynnBody('the last one'))).status, 200);
    await daemon.eventually(count + 1);
    return daemon.events.slice(0, -1);
}

test('a webhook sent ten times gets the same answer each time and is delivered once', async (t) => {
    const receiver = await Receiver.start(t);
    const daemon = await Daemon.start(t, {
        sinks: {
            events: { type: 'file', path: 'events.jsonl' },
            crm: { type: 'http', url: receiver.url, payload: 'cloudevents', allow_private: true },
        },
        routes: [{ to: ['events', 'crm'] }],
    });
    for (const { vendor, body } of samples) {
        const headers = signed(vendor, body);
        for (let time = 0; time < 10; ++time) {
            const answer = await daemon.send(vendor, body, { headers });
            assert.equal(answer.status, 200);
            assert.equal(answer.body, vendors[vendor].accepted.body);
        }
    }
    const events = await settled(daemon, samples.length);
    assert.equal(events.length, samples.length);
    await until('everything at the receiver', () => receiver.requests.length >= samples.length + 1);
    assert.equal(receiver.requests.length, samples.length + 1);
    assert.equal(await daemon.metric('chathook_duplicates_total', { source: 'lynn' }), 9);
});

test('a webhook sent on twenty connections at once is delivered once', async (t) => {
    const daemon = await Daemon.start(t);
    const body = lynnBody('all at once');
    const answers = await Promise.all(Array.from({ length: 20 }, () => daemon.send('lynn', body)));
    for (const answer of answers) assert.equal(answer.status, 200);
    assert.equal((await settled(daemon, 1)).length, 1);
});

test("a retry by knowrithm, with a higher attempt, is the same event", async (t) => {
    const daemon = await Daemon.start(t);
    const body = (attempt, id = 'lead_123abc') =>
        JSON.stringify({ event: 'lead.created', timestamp: '2024-05-21T10:30:00Z', data: { id }, attempt });
    for (const attempt of [1, 2, 3])
        assert.equal((await daemon.send('knowrithm', body(attempt))).status, 200);
    assert.equal((await daemon.send('knowrithm', body(1, 'lead_456def'))).status, 200);
    const events = await settled(daemon, 2);
    assert.deepEqual(
        events.map((event) => event.data.lead.id),
        ['lead_123abc', 'lead_456def'],
    );
});

test("a retry by newoaks, with a fresh time, is the same event", async (t) => {
    const daemon = await Daemon.start(t);
    const body = JSON.stringify({
        SerialNumber: 's',
        Type: 'Lead',
        SessionID: 7,
        CreateTime: '2023-11-23T18:36:21.512302Z',
    });
    const now = Math.floor(Date.now() / 1000);
    for (const time of [now - 60, now]) {
        const headers = signed('newoaks', body, undefined, String(time));
        assert.equal((await daemon.send('newoaks', body, { headers })).status, 200);
    }
    assert.equal((await settled(daemon, 1)).length, 1);
});

test('events delivered before a restart are still recognised after it', async (t) => {
    const daemon = await Daemon.start(t);
    const body = lynnBody('before the restart');
    await daemon.send('lynn', body);
    await daemon.eventually(1);
    await daemon.stop();
    await daemon.run();
    assert.equal((await daemon.send('lynn', body)).status, 200);
    assert.equal((await settled(daemon, 1)).length, 1);
});

test('two sources that receive the same body get one event each', async (t) => {
    const secret = { value: vendors.lynn.secret };
    const daemon = await Daemon.start(t, {
        sources: {
            lynn: { vendor: 'lynn', path: '/webhooks/lynn', secret },
            'lynn-two': { vendor: 'lynn', path: '/webhooks/two', secret },
        },
    });
    const body = lynnBody('shared');
    await daemon.send('lynn', body);
    await daemon.send('lynn', body, { source: 'two' });
    const events = await settled(daemon, 2);
    assert.deepEqual(
        events.map((event) => event.sourcename),
        ['lynn', 'lynn-two'],
    );
});

test('outside the dedupe window the same webhook is a new event', async (t) => {
    const daemon = await Daemon.start(t, {});
    await daemon.stop();
    daemon.configure({ ...daemon.config, journal: { ...daemon.config.journal, dedupe_window: '1s' } });
    await daemon.run();
    const body = lynnBody('again and again');
    await daemon.send('lynn', body);
    await until('the window to pass', async () => {
        await daemon.send('lynn', body);
        return daemon.events.length === 2;
    });
});

// Webhooks of every vendor, from the wire to every sink.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Daemon } from './support/daemon.mjs';
import { mediaType } from './support/http.mjs';
import { Receiver } from './support/receiver.mjs';
import { allSamples } from './support/samples.mjs';
import { vendors } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const samples = allSamples();
const typesOf = (vendor) => samples.filter((sample) => sample.vendor === vendor).map((sample) => sample.type);

async function startWithThreeSinks(t) {
    const receiver = await Receiver.start(t);
    const daemon = await Daemon.start(t, {
        sinks: {
            events: { type: 'file', path: 'events.jsonl' },
            console: { type: 'stdout', format: 'json' },
            crm: { type: 'http', url: receiver.url, payload: 'cloudevents', allow_private: true },
        },
        routes: [{ to: ['events', 'console', 'crm'] }],
    });
    return { daemon, receiver };
}

test('the samples cover every vendor and the event types of its documentation', () => {
    assert.deepEqual(
        [...new Set(samples.map((sample) => sample.vendor))].sort(),
        Object.keys(vendors).sort(),
    );
    const expected = {
        lynn: ['handover.requested'],
        chatbase: ['lead.created'],
        newoaks: ['lead.created', 'appointment.created'],
        knowrithm: [
            'lead.created',
            'lead.updated',
            'message.received',
            'message.sent',
            'conversation.started',
            'conversation.ended',
            'agent.created',
            'agent.updated',
            'document.processed',
        ],
        wonderchat: ['handover.requested', 'message.received'],
    };
    for (const [vendor, types] of Object.entries(expected)) {
        for (const type of types)
            assert.ok(typesOf(vendor).includes(type), `${vendor} has a sample of ${type}`);
    }
});

test("every vendor's samples are answered as the vendor expects and reach all three sinks", async (t) => {
    const { daemon, receiver } = await startWithThreeSinks(t);
    for (const { vendor, name, body } of samples) {
        const answer = await daemon.send(vendor, body);
        const { status, type, body: expected } = vendors[vendor].accepted;
        const found = { status: answer.status, type: mediaType(answer), body: answer.body };
        assert.deepEqual(found, { status, type, body: expected }, `${vendor} ${name}`);
    }

    const events = await daemon.eventually(samples.length);
    assert.equal(events.length, samples.length);
    for (const [index, { vendor, type, body }] of samples.entries()) {
        const event = events.find(
            ({ vendor: from, data }) => from === vendor && sameJson(data.original, body),
        );
        assert.ok(event, `${vendor}'s sample ${index} arrived whole`);
        assert.equal(event.type, type);
        assert.equal(event.sourcename, vendor);
        assert.equal(event.source, `/sources/${vendor}`);
        assert.equal(event.specversion, '1.0');
        assert.equal(event.datacontenttype, 'application/json');
        assert.match(event.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        assert.match(event.receivedtime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
        assert.ok(!Number.isNaN(Date.parse(event.time)), `time ${event.time}`);
    }

    await until('all events on stdout', () => daemon.printed.length >= samples.length);
    await until('all events at the receiver', () => receiver.requests.length >= samples.length);
    const byId = new Map(events.map((event) => [event.id, event]));
    for (const line of daemon.printed) assert.deepEqual(JSON.parse(line), byId.get(JSON.parse(line).id));
    for (const { method, path, headers, body } of receiver.requests) {
        const event = JSON.parse(body);
        assert.deepEqual(event, byId.get(event.id));
        assert.equal(method, 'POST');
        assert.equal(path, '/hook');
        assert.match(headers['content-type'], /^application\/cloudevents\+json/);
        assert.equal(headers['webhook-id'], event.id);
        assert.equal(headers['idempotency-key'], event.id);
    }
});

test('events reach a sink in the order in which they were accepted', async (t) => {
    const { daemon, receiver } = await startWithThreeSinks(t);
    for (const { vendor, body } of samples) await daemon.send(vendor, body);
    const order = (await daemon.eventually(samples.length)).map((event) => event.id);
    await until('all events at the receiver', () => receiver.requests.length >= samples.length);
    assert.deepEqual([...order].sort(), order, 'ids sort by time of receipt');
    assert.deepEqual(
        receiver.events.map((event) => event.id),
        order,
    );
});

test('an event goes to the sinks of every route that matches it, and to no others', async (t) => {
    const receiver = await Receiver.start(t);
    const daemon = await Daemon.start(t, {
        sinks: {
            events: { type: 'file', path: 'events.jsonl' },
            crm: { type: 'http', url: receiver.url, payload: 'cloudevents', allow_private: true },
        },
        routes: [
            { match: { type: ['handover.*'], vendor: ['lynn', 'wonderchat'] }, to: ['crm'] },
            { match: { type: ['handover.*'] }, to: ['crm'] },
            { to: ['events'] },
        ],
    });
    for (const { vendor, body } of samples) await daemon.send(vendor, body);
    await daemon.eventually(samples.length);
    const handovers = samples.filter((sample) => sample.type === 'handover.requested');
    assert.ok(handovers.length >= 2);
    await until('the handovers at the receiver', () => receiver.requests.length >= handovers.length);
    await daemon.stop(); // waits for pending deliveries
    assert.deepEqual(
        receiver.events.map((event) => event.type),
        handovers.map(() => 'handover.requested'),
    );
});

function sameJson(value, text) {
    try {
        assert.deepEqual(value, JSON.parse(text));
        return true;
    } catch {
        return false;
    }
}

// Vendors of the user's own, handshakes, and requests with several events, with the real daemon.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Daemon } from './support/daemon.mjs';
import { post, request } from './support/http.mjs';
import { until } from './support/wait.mjs';

const secret = 'a secret of some length';
const mac = (text, algorithm = 'sha256', encoding = 'hex') => createHmac(algorithm, secret).update(text).digest(encoding);

const desk = (type) => `
title: Exampledesk
verify: {header: X-Desk-Signature, prefix: "sha256="}
map: {event: /kind, events: {asked: {becomes: ${type}, set: {conversation.id: /ticket}}}}
`;

const start = (t, sources, changes = () => ({})) =>
    Daemon.start(t, (directory) => ({
        sources: Object.fromEntries(Object.entries(sources)
            .map(([name, source]) => [name, { path: `/webhooks/${name}`, secret: { value: secret }, ...source }])),
        ...changes(directory),
    }));

const sendDesk = (daemon, name, body) =>
    post(`${daemon.url}/webhooks/${name}`, { 'X-Desk-Signature': `sha256=${mac(body)}` }, body);

const digest = async (daemon) => JSON.parse((await daemon.admin('/healthz')).body).vendors;

test('vendor files are swapped by a reload, all of them or none', async (t) => {
    const daemon = await start(t, { desk: { vendor: 'desk' }, other: { vendor: 'other' } }, (directory) => {
        fs.mkdirSync(path.join(directory, 'vendors'));
        for (const name of ['desk', 'other']) fs.writeFileSync(path.join(directory, 'vendors', `${name}.yaml`), desk('lead.created'));
        return { vendors_dir: path.join(directory, 'vendors') };
    });
    const write = (name, text) => fs.writeFileSync(path.join(daemon.directory, 'vendors', `${name}.yaml`), text);
    const reload = async (event) => {
        const seen = daemon.logs.filter((line) => line.event === event).length;
        daemon.signal('SIGHUP');
        await until(event, () => daemon.logs.filter((line) => line.event === event).length > seen);
    };
    const typesOf = async (ticket) => {
        for (const name of ['desk', 'other']) {
            assert.equal((await sendDesk(daemon, name, JSON.stringify({ kind: 'asked', ticket }))).status, 200);
        }
        return (await daemon.eventually(2 * ticket)).slice(-2).map((event) => event.type);
    };
    assert.deepEqual(await typesOf(1), ['lead.created', 'lead.created']);
    const first = await digest(daemon);

    write('desk', desk('ticket.created'));
    write('other', 'title: [');
    await reload('reload_refused');
    assert.deepEqual(await typesOf(2), ['lead.created', 'lead.created']);
    assert.equal(await digest(daemon), first);

    write('other', desk('handover.requested'));
    await reload('reloaded');
    assert.deepEqual(await typesOf(3), ['ticket.created', 'handover.requested']);
    assert.notEqual(await digest(daemon), first);
    assert.equal(daemon.logs.findLast((line) => line.event === 'reloaded').vendors, await digest(daemon));
    assert.equal((await daemon.admin('/api/v1/events?vendor=desk')).status, 200);
    assert.equal((await daemon.admin('/api/v1/events?vendor=dsk')).status, 400);
});

test('a webhook that the vendor repeats is recognised after its description moved from the configuration to a file', async (t) => {
    const described = { verify: { header: 'X-Desk-Signature', prefix: 'sha256=' }, map: { event: '/kind' } };
    const daemon = await start(t, { desk: described });
    const body = '{"kind":"asked","ticket":1}';
    assert.equal((await sendDesk(daemon, 'desk', body)).status, 200);
    assert.equal((await daemon.eventually(1))[0].vendor, 'custom');
    const vendors = path.join(daemon.directory, 'vendors');
    fs.mkdirSync(vendors);
    fs.writeFileSync(path.join(vendors, 'desk.yaml'), desk('lead.created'));
    const { verify, map, ...source } = daemon.config.sources.desk;
    daemon.configure({ ...daemon.config, vendors_dir: vendors, sources: { desk: { ...source, vendor: 'desk' } } });
    daemon.signal('SIGHUP');
    await until('the reload', () => daemon.logs.some((line) => line.event === 'reloaded'));
    assert.equal((await sendDesk(daemon, 'desk', body)).status, 200);
    assert.equal((await sendDesk(daemon, 'desk', '{"kind":"asked","ticket":2}')).status, 200);
    const events = await daemon.eventually(2);
    assert.deepEqual(events.map((event) => event.type), ['unrecognized', 'lead.created']);
});

test("Meta's GET gets its challenge with the right verify_token alone, and Slack's challenge only when it is signed", async (t) => {
    const daemon = await start(t, {
        meta: { vendor: 'meta', verify_token: { value: 'a word of our own' } },
        slack: { vendor: 'slack' },
    });
    const get = (token) => request(`${daemon.url}/webhooks/meta?${new URLSearchParams({
        'hub.mode': 'subscribe', 'hub.challenge': '1158201444', 'hub.verify_token': token })}`);
    const right = await get('a word of our own');
    assert.equal(right.status, 200);
    assert.equal(right.body, '1158201444');
    assert.match(right.headers['content-type'], /^text\/plain/);
    assert.equal(right.headers['x-content-type-options'], 'nosniff');
    assert.equal((await get('a word of their own')).status, 403);

    const time = String(Math.floor(Date.now() / 1000));
    const challenge = '{"type":"url_verification","challenge":"3eZbrw1aBm2r"}';
    const asked = (signature) => post(`${daemon.url}/webhooks/slack`,
        { 'X-Slack-Request-Timestamp': time, 'X-Slack-Signature': signature }, challenge);
    assert.equal((await asked(`v0=${mac(`v0:${time}:${challenge}`)}`)).body, '3eZbrw1aBm2r');
    assert.equal((await asked(`v0=${mac(challenge)}`)).status, 401);
    assert.deepEqual(daemon.events, []);
});

test('each event of a batch from HubSpot is one event, also when the batch comes again with another attempt number', async (t) => {
    const url = 'https://hooks.example.com/webhooks/hubspot';
    const daemon = await start(t, { hubspot: { vendor: 'hubspot-v3', public_url: url, keep_rejected: true } });
    const batch = (attempt) => JSON.stringify([1, 2, 3].map((id) => ({
        eventId: id, subscriptionId: 12345, portalId: 62515, occurredAt: 1564113600000, subscriptionType: 'contact.creation',
        attemptNumber: attempt, objectId: 100 + id, changeSource: 'CRM' })));
    for (const attempt of [0, 1]) {
        const body = batch(attempt);
        const time = String(Date.now());
        const answer = await post(`${daemon.url}/webhooks/hubspot`, {
            'X-HubSpot-Request-Timestamp': time, 'X-HubSpot-Signature-v3': mac(`POST${url}${body}${time}`, 'sha256', 'base64') }, body);
        assert.equal(Math.floor(answer.status / 100), 2, answer.body);
    }
    const events = await daemon.eventually(3);
    assert.equal(events.length, 3);
    assert.deepEqual(events.map((event) => [event.type, event.data.lead.id, event.data.request.index]),
        [['lead.created', '101', 0], ['lead.created', '102', 1], ['lead.created', '103', 2]]);
    assert.equal(new Set(events.map((event) => event.data.request.id)).size, 1);
});

test('a batch from Meta with two people has the right name at each message', async (t) => {
    const daemon = await start(t, { meta: { vendor: 'meta', verify_token: { value: 'a word of our own' } } });
    const message = (id, from, text) => ({ from, id, timestamp: '1700000000', type: 'text', text: { body: text } });
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'messages', value: {
        messaging_product: 'whatsapp', metadata: { phone_number_id: '555' },
        contacts: [{ wa_id: '15550001', profile: { name: 'Ada' } }, { wa_id: '15550002', profile: { name: 'Bob' } }],
        messages: [message('m1', '15550002', 'from Bob'), message('m2', '15550001', 'from Ada')],
    } }] }] });
    const answer = await post(`${daemon.url}/webhooks/meta`, { 'X-Hub-Signature-256': `sha256=${mac(body)}` }, body);
    assert.equal(answer.status, 200);
    const events = await daemon.eventually(2);
    assert.deepEqual(events.map((event) => [event.data.contact.name, event.data.conversation.messages[0].text]),
        [['Bob', 'from Bob'], ['Ada', 'from Ada']]);
});

test("LINE's redelivery with its flag, and Intercom's retry with a higher attempt count, are no new events", async (t) => {
    const daemon = await start(t, { line: { vendor: 'line' }, intercom: { vendor: 'intercom', keep_rejected: true } });
    for (const isRedelivery of [false, true]) {
        const body = JSON.stringify({ destination: 'U0', events: [{ type: 'message', mode: 'active', timestamp: 1700000000000,
            source: { type: 'user', userId: 'U1' }, webhookEventId: '01FZ74A0TDDPYRVKNK77XKC3ZR', deliveryContext: { isRedelivery },
            message: { id: '1', type: 'text', text: 'hello' } }] });
        assert.equal((await post(`${daemon.url}/webhooks/line`, { 'X-Line-Signature': mac(body, 'sha256', 'base64') }, body)).status, 200);
    }
    for (const delivery_attempts of [1, 2]) {
        const body = JSON.stringify({ type: 'notification_event', app_id: 'a1', id: 'notif_1', topic: 'contact.created', created_at: 1700000000,
            delivery_attempts, data: { type: 'notification_event_data', item: { type: 'contact', id: 'c1', name: 'Ada' } } });
        const answer = await post(`${daemon.url}/webhooks/intercom`, { 'X-Hub-Signature': `sha1=${mac(body, 'sha1')}` }, body);
        assert.equal(Math.floor(answer.status / 100), 2);
    }
    await daemon.eventually(2);
    await until('four requests to be counted', async () =>
        (await daemon.admin('/metrics')).body.match(/chathook_requests_total\{outcome="duplicate",source="(line|intercom)"\} 1/g)?.length === 2);
    assert.equal(daemon.events.length, 2);
});

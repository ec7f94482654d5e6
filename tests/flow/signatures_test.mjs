// Genuine signatures beyond the plain case: other encodings, re-serialized bodies, times, rotated secrets.
import assert from 'node:assert/strict';
import test from 'node:test';

import { configuration, Daemon } from './support/daemon.mjs';
import { hmac, lynnBody, signed, vendors } from './support/vendors.mjs';

// A pretty-printed body for each vendor, so that JSON.stringify(JSON.parse()) changes it.
const pretty = (value) => JSON.stringify(value, null, 2);
const person = {
    eventType: 'leads.submit',
    chatbotId: 'c1',
    payload: { customerName: 'Zoë <&> 李', customerPhone: '' },
};
const prettyBodies = {
    chatbase: pretty(person),
    newoaks: pretty({ SerialNumber: 's1', Type: 'Lead', FirstName: 'Zoë', SessionID: 31305 }),
    wonderchat: pretty({ event: 'USER_MESSAGE_SENT', data: { chatlogId: 'l1', userMessage: '<b>ß</b>' } }),
};

test("lynn's signature is accepted in hex of either case and in base64, padded or not", async (t) => {
    const daemon = await Daemon.start(t);
    const encodings = {
        hex: (mac) => mac.toString('hex'),
        HEX: (mac) => mac.toString('hex').toUpperCase(),
        base64: (mac) => mac.toString('base64'),
        unpadded: (mac) => mac.toString('base64').replace(/=+$/, ''),
    };
    for (const [name, encode] of Object.entries(encodings)) {
        const body = lynnBody(`encoding-${name}`);
        const mac = Buffer.from(hmac('sha256', vendors.lynn.secret, body), 'hex');
        const answer = await daemon.send('lynn', body, { headers: { 'x-lynn-hmac-sha256': encode(mac) } });
        assert.equal(answer.status, 200, name);
    }
    assert.equal((await daemon.eventually(4)).length, 4);
});

for (const [vendor, body] of Object.entries(prettyBodies)) {
    test(`${vendor} may sign JSON.stringify of its body, and that form is delivered`, async (t) => {
        const daemon = await Daemon.start(t);
        assert.equal(vendors[vendor].stringified, true);
        assert.notEqual(body, JSON.stringify(JSON.parse(body)));
        assert.equal((await daemon.send(vendor, body)).status, 200);
        const [event] = await daemon.eventually(1);
        assert.deepEqual(event.data.original, JSON.parse(body));
        assert.notEqual(event.type, 'unrecognized');
    });
}

test('of a duplicate key the signed value is delivered', async (t) => {
    const daemon = await Daemon.start(t);
    const body = '{"event":"HUMAN_HANDOVER", "data":{"chatlogId":"first","chatlogId":"last"}}';
    assert.equal((await daemon.send('wonderchat', body)).status, 200);
    const [event] = await daemon.eventually(1);
    assert.deepEqual(event.data.original, { event: 'HUMAN_HANDOVER', data: { chatlogId: 'last' } });
    assert.equal(event.data.conversation.id, 'last');
});

test('a vendor that may sign the re-serialized body may also sign the raw body', async (t) => {
    const daemon = await Daemon.start(t);
    const chatbase = { 'x-chatbase-signature': hmac('sha1', vendors.chatbase.secret, prettyBodies.chatbase) };
    assert.equal((await daemon.send('chatbase', prettyBodies.chatbase, { headers: chatbase })).status, 200);
    const mac = hmac('sha256', vendors.wonderchat.secret, prettyBodies.wonderchat);
    const headers = { 'x-wonderchat-signature': mac };
    assert.equal((await daemon.send('wonderchat', prettyBodies.wonderchat, { headers })).status, 200);
    assert.equal((await daemon.eventually(2)).length, 2);
});

test('for a vendor that signs only the raw body, its re-serialized form is refused', async (t) => {
    const daemon = await Daemon.start(t);
    const body = pretty(JSON.parse(lynnBody('pretty')));
    const headers = {
        'x-lynn-hmac-sha256': hmac('sha256', vendors.lynn.secret, JSON.stringify(JSON.parse(body))),
    };
    assert.equal((await daemon.send('lynn', body, { headers })).status, 401);
    const label = `sha256=${hmac('sha256', vendors.knowrithm.secret, JSON.stringify(JSON.parse(body)))}`;
    const answer = await daemon.send('knowrithm', body, { headers: { 'x-knowrithm-signature': label } });
    assert.equal(answer.status, 403);
});

const newoaksBody = (session) =>
    JSON.stringify({ SerialNumber: 's1', Type: 'Lead', Email: 'a@b.example', SessionID: session });
const secondsFromNow = (seconds) => Math.floor(Date.now() / 1000) + seconds;

test("newoaks' signed time may be in seconds or milliseconds, and as old as its last retry", async (t) => {
    const daemon = await Daemon.start(t);
    const times = [
        secondsFromNow(0),
        Date.now(),
        secondsFromNow(-4 * 60),
        Date.now() - 4 * 60_000,
        secondsFromNow(60),
    ];
    for (const [session, time] of times.entries()) {
        const body = newoaksBody(session);
        const headers = signed('newoaks', body, undefined, String(time));
        assert.equal((await daemon.send('newoaks', body, { headers })).status, 200, String(time));
    }
    assert.equal((await daemon.eventually(times.length)).length, times.length);
});

test("newoaks' signed time is refused if it is stale, ahead of the clock or not a time", async (t) => {
    const daemon = await Daemon.start(t);
    const hour = 3600;
    const times = [
        secondsFromNow(-hour),
        secondsFromNow(hour),
        Date.now() - hour * 1000,
        '',
        'now',
        '-1',
        '1e9',
        '0',
    ];
    for (const time of times) {
        const body = newoaksBody(1);
        const headers = signed('newoaks', body, undefined, String(time));
        assert.equal((await daemon.send('newoaks', body, { headers })).status, 401, `t=${time}`);
    }
    assert.ok(
        (await daemon.metric('chathook_rejections_total', {
            source: 'newoaks',
            reason: 'stale_timestamp',
        })) >= 3,
    );
    assert.deepEqual(daemon.events, []);
});

test('timestamp_tolerance sets the age of a stale time', async (t) => {
    const strict = {
        vendor: 'newoaks',
        path: '/webhooks/newoaks',
        secret: { value: vendors.newoaks.secret },
    };
    const daemon = await Daemon.start(t, { sources: { newoaks: { ...strict, timestamp_tolerance: '30s' } } });
    const sendAged = (age) => {
        const body = newoaksBody(age);
        return daemon.send('newoaks', body, {
            headers: signed('newoaks', body, undefined, String(secondsFromNow(-age))),
        });
    };
    assert.equal((await sendAged(10)).status, 200);
    assert.equal((await sendAged(60)).status, 401);
});

test('during a rotation both secrets are accepted, and the metric shows which was used', async (t) => {
    const [fresh, old, retired] = [
        'a-fresh-secret-for-lynn',
        vendors.lynn.secret,
        'a-retired-secret-for-lynn',
    ];
    const secrets = [
        { value: fresh },
        { value: old, not_after: '2999-12-31' },
        { value: retired, not_after: '2020-12-31' },
    ];
    const daemon = await Daemon.start(t, {
        sources: { lynn: { vendor: 'lynn', path: '/webhooks/lynn', secrets } },
    });
    const statusWith = async (secret, conversation) => {
        const body = lynnBody(conversation);
        return (await daemon.send('lynn', body, { headers: signed('lynn', body, secret) })).status;
    };
    assert.equal(await statusWith(fresh, 'one'), 200);
    assert.equal(await statusWith(old, 'two'), 200);
    assert.equal(await statusWith(old, 'three'), 200);
    assert.equal(await statusWith(retired, 'four'), 401);
    assert.equal(await daemon.metric('chathook_secret_used_total', { source: 'lynn', secret: '0' }), 1);
    assert.equal(await daemon.metric('chathook_secret_used_total', { source: 'lynn', secret: '1' }), 2);
    assert.equal((await daemon.eventually(3)).length, 3);
});

test('two sources of one vendor have separate secrets', async (t) => {
    const sales = 'the-sales-team-has-its-own';
    const sources = configuration('/nowhere').sources;
    const daemon = await Daemon.start(t, {
        sources: {
            ...sources,
            'lynn-sales': { vendor: 'lynn', path: '/webhooks/sales', secret: { value: sales } },
        },
    });
    const body = lynnBody('for-sales');
    const right = await daemon.send('lynn', body, { headers: signed('lynn', body, sales), source: 'sales' });
    assert.equal(right.status, 200);
    assert.equal((await daemon.send('lynn', body, { source: 'sales' })).status, 401);
    const [event] = await daemon.eventually(1);
    assert.equal(event.sourcename, 'lynn-sales');
});

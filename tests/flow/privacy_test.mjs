// What logs, metrics and answers must not contain: secrets, valid signatures, personal data.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Daemon } from './support/daemon.mjs';
import { Receiver } from './support/receiver.mjs';
import { allSamples } from './support/samples.mjs';
import { lynnBody, signed, vendors } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const email = 'canary.person@private.example';
const phone = '+49 170 5550 123';
const words = 'my appointment with the oncologist';

const aboutAPerson = JSON.stringify({
    event: 'LIVE_CHAT_INITIATED',
    timestamp: '2023-10-15T14:30:00.000Z',
    data: { chatlogId: 'c-1', userMessage: words, email, phoneNumber: phone, name: 'Canary Person' },
});

// Sends good, forged, broken and undeliverable requests to a daemon with all logging enabled.
async function traffic(t, log) {
    const receiver = await Receiver.start(t);
    receiver.answer = () => ({ status: 422, body: aboutAPerson });
    const daemon = await Daemon.start(t, {
        sinks: {
            events: { type: 'file', path: 'events.jsonl' },
            crm: {
                type: 'http',
                url: receiver.url,
                payload: 'cloudevents',
                allow_private: true,
                retry: { initial: '10ms', max: '20ms', max_age: '1s' },
                headers: { Authorization: { value: 'Bearer the-token-of-the-crm' } },
            },
        },
        routes: [{ to: ['events', 'crm'] }],
        log: { level: 'debug', format: 'json', ...log },
    });
    const answers = [];
    for (const { vendor, body } of allSamples()) {
        answers.push(await daemon.send(vendor, body));
        answers.push(
            await daemon.send(vendor, body, { headers: signed(vendor, body, 'nobody-gave-me-this-one') }),
        );
    }
    answers.push(await daemon.send('wonderchat', aboutAPerson));
    answers.push(await daemon.send('wonderchat', aboutAPerson, { headers: {} }));
    answers.push(await daemon.send('lynn', `${words} ${email}`));
    answers.push(await daemon.send('nowhere', aboutAPerson, { headers: signed('wonderchat', aboutAPerson) }));
    await daemon.eventually(allSamples().length + 2);
    await until('a failed delivery', () =>
        daemon.metric('chathook_deliveries_total', { sink: 'crm', outcome: 'retried' }),
    );
    const metrics = await daemon.metrics();
    await daemon.stop();
    const said = answers.map(({ headers, body }) => JSON.stringify(headers) + body);
    return {
        daemon,
        log: daemon.lines.join('\n'),
        everything: [...daemon.lines, metrics, ...said].join('\n'),
    };
}

test('no secret and no valid signature is ever revealed', async (t) => {
    const { everything } = await traffic(t, {});
    assert.match(everything, /"event":"accepted"/);
    assert.match(everything, /"event":"refused"/);
    const forbidden = ['the-token-of-the-crm'];
    for (const { secret } of Object.values(vendors)) forbidden.push(secret);
    for (const { vendor, body } of allSamples()) {
        for (const value of Object.values(signed(vendor, body))) {
            const mac = /[0-9a-f]{40,}$/.exec(value);
            if (mac) forbidden.push(mac[0], Buffer.from(mac[0], 'hex').toString('base64'));
        }
    }
    assert.ok(forbidden.length > 20);
    for (const text of forbidden) assert.ok(!everything.includes(text), text);
});

test("people are masked in the log: enough remains to recognise one's own test, not to reach anybody", async (t) => {
    const { everything, log } = await traffic(t, {});
    for (const text of [email, phone, phone.replaceAll(' ', ''), words, 'Canary Person', 'canary.person']) {
        assert.ok(!everything.includes(text), text);
    }
    assert.match(log, /c\*+@private\.example/);
});

test('with pii: plain the log shows personal data', async (t) => {
    const { log } = await traffic(t, { pii: 'plain' });
    assert.ok(log.includes(email));
    assert.ok(!log.includes(words), 'messages stay out of the log even so');
});

test('text from a sender cannot begin a line of the log or move a cursor', async (t) => {
    const daemon = await Daemon.start(t, { log: { level: 'debug', format: 'text' } });
    const nasty = 'a\r\n2026-01-01T00:00:00Z info accepted fake=1\x1b[2J\u0000@b.example';
    await daemon.send('lynn', lynnBody('nasty', { contactEmail: nasty }));
    await daemon.eventually(1);
    await daemon.stop();
    assert.ok(daemon.lines.some((line) => line.includes('accepted')));
    for (const line of daemon.lines) {
        assert.doesNotMatch(line, /[\x00-\x08\x0b-\x1f\x7f]/);
        assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z (debug|info|warning|error) /);
    }
});

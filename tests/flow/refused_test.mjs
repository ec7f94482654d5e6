// Requests that do not prove knowledge of the secret are refused like in the vendor's own sample, and leave
// no event.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Daemon } from './support/daemon.mjs';
import { mediaType, RawConnection } from './support/http.mjs';
import { sampleBody, allSamples } from './support/samples.mjs';
import { signed, vendors } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const firstSample = Object.fromEntries(
    allSamples()
        .reverse()
        .map(({ vendor, name }) => [vendor, sampleBody(vendor, name)]),
);

const withSignature = (vendor, body, change) => {
    const headers = signed(vendor, body);
    const name = Object.keys(headers).find((key) => key.toLowerCase() === vendors[vendor].header);
    return { ...headers, [name]: change(headers[name]) };
};
const without = (vendor, body) => {
    const headers = signed(vendor, body);
    const others = Object.entries(headers).filter(([key]) => key.toLowerCase() !== vendors[vendor].header);
    return Object.fromEntries(others);
};
const flipLast = (text) => text.slice(0, -1) + (text.endsWith('0') ? '1' : '0');

// name of the forgery -> [headers, body] for a vendor's genuine body
const forgeries = {
    'another secret': (vendor, body) => [signed(vendor, body, 'nobody-gave-me-this-one'), body],
    'no signature': (vendor, body) => [without(vendor, body), body],
    'an empty signature': (vendor, body) => [withSignature(vendor, body, () => ''), body],
    'one wrong digit': (vendor, body) => [withSignature(vendor, body, flipLast), body],
    'a digit too few': (vendor, body) => [withSignature(vendor, body, (value) => value.slice(0, -1)), body],
    'a digit too many': (vendor, body) => [withSignature(vendor, body, (value) => `${value}0`), body],
    'a letter that is no digit': (vendor, body) => [
        withSignature(vendor, body, (value) => `${value.slice(0, -1)}g`),
        body,
    ],
    'a foreign label': (vendor, body) => [withSignature(vendor, body, (value) => `md5=${value}`), body],
    'a changed body': (vendor, body) => [signed(vendor, body), body.replace(/[a-z](?=")/, 'X')],
    'another body': (vendor, body) => [signed(vendor, body), '{"forged":true}'],
};

for (const vendor of Object.keys(vendors)) {
    test(`a forged ${vendor} webhook is refused with the same answer for every fault, and leaves no event`, async (t) => {
        const daemon = await Daemon.start(t);
        const answers = [];
        for (const [name, forge] of Object.entries(forgeries)) {
            const [headers, body] = forge(vendor, firstSample[vendor]);
            const answer = await daemon.send(vendor, body, { headers });
            answers.push({ name, status: answer.status, type: mediaType(answer), body: answer.body });
        }
        const { refusedStatus: status, refusedBody = answers[0].body } = vendors[vendor];
        for (const { name, ...answer } of answers) {
            assert.deepEqual(answer, { status, type: answers[0].type, body: refusedBody }, name);
        }

        // The request sent after all forgeries is the only event.
        assert.equal((await daemon.send(vendor, firstSample[vendor])).status, 200);
        await daemon.eventually(1);
        await daemon.stop();
        assert.equal(daemon.events.length, 1);
    });
}

test('a repeated signature header is refused, even if both values are valid', async (t) => {
    const daemon = await Daemon.start(t);
    for (const [vendor, { refusedStatus, header }] of Object.entries(vendors)) {
        const body = firstSample[vendor];
        const value = Object.entries(signed(vendor, body)).find(([key]) => key.toLowerCase() === header)[1];
        const connection = await RawConnection.open(daemon.url);
        connection.send(
            `POST /webhooks/${vendor} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
                `${header}: ${value}\r\n`.repeat(2) +
                `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`,
        );
        connection.socket.write(body);
        await until(`an answer to ${vendor}'s repeated header`, () => connection.status);
        assert.equal(connection.status, refusedStatus, vendor);
        connection.close();
    }
    assert.equal(await daemon.metric('chathook_rejections_total', { reason: 'repeated_signature' }), 5);
    assert.deepEqual(daemon.events, []);
});

test("a genuine webhook of one vendor is refused at another vendor's path", async (t) => {
    const daemon = await Daemon.start(t);
    const names = Object.keys(vendors);
    for (const [index, vendor] of names.entries()) {
        const other = names[(index + 1) % names.length];
        const answer = await daemon.send(vendor, firstSample[vendor], { source: other });
        assert.equal(answer.status, vendors[other].refusedStatus, `${vendor} at ${other}`);
    }
    assert.deepEqual(daemon.events, []);
});

test('every refusal is counted with its reason', async (t) => {
    const daemon = await Daemon.start(t);
    const body = firstSample.lynn;
    await daemon.send('lynn', body, { headers: without('lynn', body) });
    await daemon.send('lynn', body, { headers: signed('lynn', body, 'nobody-gave-me-this-one') });
    await daemon.send('lynn', body, { headers: withSignature('lynn', body, (value) => value.slice(1)) });
    for (const reason of ['missing_signature', 'wrong_signature', 'malformed_signature']) {
        assert.equal(await daemon.metric('chathook_rejections_total', { source: 'lynn', reason }), 1, reason);
    }
});

// The reader itself: every kind of key, grammar and answer that vendor files may ask for, with values that others published.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';

import { readJson } from './json.mjs';
import { eventTime, microseconds } from './times.mjs';
import { handshake, map, verify } from './vendor_file.mjs';

const check = (how, { secret, headers, body, publicUrl, tolerance, expect }, at) => verify(
    { verify: how }, { method: 'POST', headers, body: Buffer.from(body) }, { secrets: [secret].flat(), publicUrl, tolerance, expect }, at);

test('a signature of Slack, GitHub, LINE and Twilio is right', () => {
    const slack = { header: 'X-Slack-Signature', prefix: 'v0=', text: 'v0:{time}:{body}', time: { header: 'X-Slack-Request-Timestamp', unit: 's' } };
    const body = 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar'
        + '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands'
        + '%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const request = { secret: '8f742231b10e8888abcd99yyyzzz85a5', body, headers: { 'X-Slack-Request-Timestamp': '1531420618',
        'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503' } };
    assert.equal(check(slack, request, new Date(1531420618_000)).accepted, true);
    assert.equal(check(slack, request, new Date(1531420919_000)).reason, 'too early or too late');
    assert.equal(check(slack, { ...request, tolerance: '10m' }, new Date(1531420919_000)).accepted, true);

    const github = { header: 'X-Hub-Signature-256', prefix: 'sha256=' };
    assert.equal(check(github, { secret: "It's a Secret to Everybody", body: 'Hello, World!', headers: { 'x-hub-signature-256':
        'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' } }).accepted, true);

    const line = (signature) => check({ header: 'X-Line-Signature', encoding: 'base64' },
        { secret: 'test_secret', body: '{"hello":"world"}', headers: { 'X-Line-Signature': signature } }).accepted;
    assert.equal(line('t7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM='), true);
    assert.equal(line('t7Hn4ZDHqs6e+wdvi5TyQivzie0DmMUmuXEBqyyE/tM='), false);
    assert.equal(line('t7Hn4ZDHqs6e+wdvI5TyQIvzie0DmMUmuXEBqyyE/tM'), false);

    const twilio = { header: 'X-Twilio-Signature', algorithm: 'sha1', encoding: 'base64', text: '{url}{form}' };
    const call = { secret: '12345', publicUrl: 'https://mycompany.com/myapp.php?foo=1&bar=2', headers: { 'X-Twilio-Signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' },
        body: 'To=%2B18005551212&From=%2B14158675309&Digits=1234&Caller=%2B14158675309&CallSid=CA1234567890ABCDE' };
    assert.equal(check(twilio, call).accepted, true);
    const twice = { ...call, body: 'Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234', headers: { 'X-Twilio-Signature': 'IK+Dwps556ElfBT0I3Rgjkr1wJU=' } };
    assert.equal(check(twilio, twice).accepted, true);
    assert.equal(check(twilio, { ...call, publicUrl: 'https://mycompany.com/myapp.php?bar=2&foo=1' }).accepted, false);
});

test('a signature by a private key is right, and of another body wrong', () => {
    const message = Buffer.from('1700000000{"a":1}');
    const how = { kind: 'public-key', header: 'S', text: '{time}{body}', time: { header: 'T', unit: 's', tolerance: '5m' }, encoding: 'base64' };
    const pairs = {
        ed25519: crypto.generateKeyPairSync('ed25519'),
        'ecdsa-p256-sha256': crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }),
        'rsa-pkcs1-sha256': crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
    };
    for (const [algorithm, { publicKey, privateKey }] of Object.entries(pairs)) {
        const der = publicKey.export({ type: 'spki', format: 'der' });
        const pem = publicKey.export({ type: 'spki', format: 'pem' });
        const keys = { 'spki-base64': der.toString('base64'), pem, 'raw-hex': algorithm === 'ed25519' && der.subarray(-32).toString('hex') };
        const signature = crypto.sign(algorithm === 'ed25519' ? null : 'sha256', message, privateKey).toString('base64');
        for (const [key, secret] of Object.entries(keys).filter(([, text]) => text)) {
            const request = { secret, body: '{"a":1}', headers: { S: signature, T: '1700000000' } };
            assert.equal(check({ ...how, algorithm, key }, request).accepted, true, `${algorithm} ${key}`);
            assert.equal(check({ ...how, algorithm, key }, { ...request, body: '{"a":2}' }).accepted, false);
        }
        const mislabelled = pem.replaceAll('PUBLIC KEY', 'RSA PUBLIC KEY').replaceAll('\n', '');
        const request = { secret: mislabelled, body: '{"a":1}', headers: { S: signature, T: '1700000000' } };
        assert.equal(check({ ...how, algorithm, key: 'pem' }, request).accepted, true, `${algorithm} on one line, with a wrong label`);
        for (const wrong of ['no key', '', Object.values(pairs).find((pair) => pair.publicKey !== publicKey).publicKey.export({ type: 'spki', format: 'pem' })]) {
            assert.equal(check({ ...how, algorithm, key: 'pem' }, { ...request, secret: wrong }).accepted, false);
        }
    }
});

test('a token in a header is right as a text and as base64, and nothing else is', () => {
    const how = { kind: 'token', header: 'Authentication', prefix: 'Basic ', encoding: 'base64' };
    const token = (value, secret = 'abcdef') => check(how, { secret, body: '{}', headers: { Authentication: value } }).accepted;
    assert.equal(token('Basic YWJjZGVm'), true);
    for (const wrong of ['Basic YWJjZGVmOg==', 'YWJjZGVm', 'Basic ', 'Basic abcdef', 'basic YWJjZGVm']) assert.equal(token(wrong), false, wrong);
    assert.equal(token('Basic YWJjZGVm', ['old', 'abcdef']), true);
});

test('nine signatures are refused, and eight are tried', () => {
    const right = crypto.createHmac('sha256', 'secret').update('{}').digest('hex');
    const tried = (count) => check({ header: 'S', form: 'pairs', signature: 'v1' },
        { secret: 'secret', body: '{}', headers: { S: [...Array(count - 1).fill('v1=00'), `v1=${right}`].join(' , ') } }).accepted;
    assert.deepEqual([tried(1), tried(8), tried(9)], [true, true, false]);
});

test('a field that is expected and has another text refuses a right signature', () => {
    const body = '{"app_id":"one"}';
    const headers = { S: crypto.createHmac('sha256', 'secret').update(body).digest('hex') };
    const asked = (expect) => check({ header: 'S' }, { secret: 'secret', body, headers, expect }).accepted;
    assert.deepEqual([asked({ '/app_id': 'one' }), asked({ '/app_id': 'two' }), asked({ '/app': 'one' })], [true, false, false]);
});

test('a star is every element of an array that has one, and a number is expected as it is written', () => {
    const asked = (entry) => {
        const body = JSON.stringify({ entry });
        const headers = { S: crypto.createHmac('sha256', 'secret').update(body).digest('hex') };
        return check({ header: 'S' }, { secret: 'secret', body, headers, expect: { '/entry/*/id': '17' } }).accepted;
    };
    assert.deepEqual([[{ id: '17' }, { id: 17 }], [{ id: 17 }, { id: 18 }], [], { 0: { id: 17 } }].map(asked), [true, false, false, false]);
});

test('a challenge of Zoom is signed, and one that is no plain word is not', () => {
    const file = { verify: { header: 'S' }, handshake: [{ when: { pointer: '/event', is: 'endpoint.url_validation' }, answer: {
        json: { plainToken: { pointer: '/payload/plainToken' }, encryptedToken: { hmac_hex: { pointer: '/payload/plainToken' } } } } }] };
    const ask = (word) => handshake(file, { method: 'POST', headers: {}, body: Buffer.from(JSON.stringify(
        { event: 'endpoint.url_validation', payload: { plainToken: word } })) }, { secrets: ['secret'] });
    assert.deepEqual(JSON.parse(ask('qgg8vlvZRS6UYooatFL8Aw').body), { plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
        encryptedToken: crypto.createHmac('sha256', 'secret').update('qgg8vlvZRS6UYooatFL8Aw').digest('hex') });
    for (const wrong of ['', 'a b', '"', 'a'.repeat(129)]) assert.equal(ask(wrong), undefined);
});

test('every form of a value says what the specification says', () => {
    const value = (how, body, target = 'lead.note') => map({ map: { event: { const: 'e' }, events: { e: { becomes: 'lead.created' } }, set: { [target]: how } } },
        { body: Buffer.from(JSON.stringify(body)) }, { headers: {} })[0].data[target.split('.')[0]]?.[target.split('.')[1]];
    assert.equal(value('/a~1b/0', { 'a/b': ['x'] }), 'x');
    assert.equal(value(['/a', '/b'], { a: '', b: 'x' }), 'x');
    assert.equal(value({ const: 'x' }, {}), 'x');
    assert.equal(value('/a', { a: 17 }), undefined);
    assert.equal(value('/a', { a: 17 }, 'lead.id'), '17');
    assert.equal(value('/a', { a: '4' }, 'conversation.rating'), undefined);
    assert.equal(value('/a', { a: 4.5 }, 'conversation.rating'), 4.5);
    const table = { at: '/a', words: { human: 'user' }, else: 'agent' };
    assert.deepEqual([value(table, { a: 'human' }), value(table, { a: 'HUMAN' }), value(table, {})], ['user', 'agent', 'agent']);
    assert.equal(value({ ...table, ignore_case: true }, { a: 'HUMAN' }), 'user');
    assert.equal(value({ at: '/a', words: { human: 'user' } }, { a: 'bot' }), undefined);
    const where = { in: '/f', where: { '/t': 'mail' }, take: '/v' };
    assert.equal(value(where, { f: [{ t: 'text', v: 'x' }, { t: 'mail', v: 'y' }, { t: 'mail', v: 'z' }] }), 'y');
    const shape = { first: [{ present: '/a', const: 'a' }, { array: '/b', const: 'b' }, { is: { '/c': 'x', '/d': 'false' }, const: 'c' }] };
    assert.deepEqual([value(shape, { a: null, b: [] }), value(shape, { a: 'x' }), value(shape, { c: 'x', d: false }), value(shape, { c: 'x' })],
        ['b', 'a', 'c', undefined]);
});

test('an element that has smaller ones is no event of its own, and one without is', () => {
    const file = { map: { each: [['/a', '/b'], ['/a']], event: ['/e', '^/e'] } };
    const words = (body) => map(file, { body: Buffer.from(JSON.stringify(body)) }, { headers: {} }).map((event) => event.vendortype);
    assert.deepEqual(words({ a: [{ e: 'x', b: [{}, {}] }, { e: 'y' }, { e: 'z', b: [] }] }), ['x', 'x', 'y', 'z']);
    assert.deepEqual(words({ e: 'whole' }), [undefined]);
});

test('times are read in every form, to the microsecond', () => {
    assert.equal(eventTime('1700000000'), '2023-11-14T22:13:20Z');
    assert.equal(eventTime('1700000000400'), '2023-11-14T22:13:20.4Z');
    assert.equal(eventTime('2023-11-23T08:48:59.4005003+01:00'), '2023-11-23T07:48:59.4005Z');
    for (const wrong of ['', 'yesterday', '2023-02-30T00:00:00Z', '2023-11-23', '1969-12-31T23:59:59Z', '-1', '1.5']) {
        assert.equal(eventTime(wrong), undefined, wrong);
    }
    assert.equal(microseconds('2023-11-14T22:13:20Z', 's'), undefined);
    assert.equal(microseconds('1234', 'iso8601'), undefined);
    assert.equal(microseconds('1700000000000', 's'), 1700000000000_000000n);
});

test('JSON is read as RFC 8259 has it, and the last of two keys counts', () => {
    for (const text of ['', '{', '[1,]', '{"a":1,}', '01', '"\n"', 'nul', '1 2', "{'a':1}", '{"a" 1}', '+1', '.5', '"\\x"']) {
        assert.throws(() => readJson(text), SyntaxError, text);
        assert.throws(() => JSON.parse(text), SyntaxError, text);
    }
    assert.equal(readJson('{"a":1,"a":2}').members.get('a').source, '2');
    assert.equal(readJson(' [ 1.0 , {"b" : 12345678901234567890} ] ').items[1].members.get('b').source, '12345678901234567890');
});

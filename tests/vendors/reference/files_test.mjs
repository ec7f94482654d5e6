// Every vendor file of src/vendors/files obeys the rules, accepts and refuses what its vectors say, and its samples become their
// types, as an independent reader sees it. Then each of these checks is shown a fault. $VENDOR_PACKAGES is where npm put `yaml`,
// $VENDOR_FILES the directory, if it is another.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';

import { duration, microseconds } from './times.mjs';
import { checkSource, handshake, map, readFile, refused, verify } from './vendor_file.mjs';

const directory = process.env.VENDOR_FILES ?? fileURLToPath(new URL('../../../src/vendors/files', import.meta.url));
const files = Object.fromEntries(fs.readdirSync(directory).filter((name) => name.endsWith('.yaml')).sort()
    .map((name) => [path.basename(name, '.yaml'), fs.readFileSync(path.join(directory, name), 'utf8')]));
const load = (name) => readFile(name, files[name]).file;

const requestOf = (vector) => ({ method: vector.method ?? 'POST', headers: vector.headers ?? {}, body: Buffer.from(vector.body) });
const sourceOf = (vector) => ({ secrets: [vector.secret], publicUrl: vector.public_url });
const tried = (file, vector) => verify(file, requestOf(vector), sourceOf(vector), vector.at && new Date(vector.at));
const becomes = (file, body) => map(file, { body: Buffer.from(body) }, { headers: {} });

function isAsSaid(file, sample) {
    const request = { method: 'POST', headers: {}, body: Buffer.from(sample.body) };
    if (handshake(file, request, { secrets: [''] }) !== undefined) return sample.type === 'handshake';
    const events = becomes(file, sample.body).map((event) => event.type);
    return Array.isArray(sample.type) ? isDeepStrictEqual(events, sample.type) : events.every((type) => type === sample.type);
}

// What a file's own vectors and samples say against it.
function contradictions(file) {
    const vectors = (file.vectors ?? []).filter((vector) => tried(file, vector).accepted !== (vector.accepted ?? true))
        .map((vector) => `vector ${vector.from}: ${tried(file, vector).reason ?? 'accepted'}`);
    const samples = (file.samples ?? []).filter((sample) => !isAsSaid(file, sample))
        .map((sample) => `sample ${sample.name}: ${becomes(file, sample.body).map((event) => event.type)}`);
    return [...vectors, ...samples];
}

assert.ok(Object.keys(files).length > 0, `there is a vendor file in ${directory}`);
for (const name of Object.keys(files)) {
    test(`${name} obeys the rules`, () => {
        const { errors, warnings } = readFile(name, files[name]);
        assert.deepEqual(errors, []);
        assert.deepEqual(warnings.filter((warning) => warning.rule === 'C10'), []);
    });

    test(`${name} accepts and refuses what its vectors say, and its samples become their types`, () => {
        const file = load(name);
        assert.deepEqual(contradictions(file), []);
        for (const vector of file.vectors ?? []) assert.deepEqual(checkSource(file, sourceOf(vector)), [], vector.from);
    });

    test(`${name} refuses each of its vectors with one bit of the body changed`, () => {
        const file = load(name);
        for (const vector of (file.vectors ?? []).filter((one) => one.accepted !== false)) {
            const request = requestOf(vector);
            request.body[Math.floor(request.body.length / 2)] ^= 1;
            if (file.verify.kind === 'token') continue;
            assert.equal(verify(file, request, sourceOf(vector), vector.at && new Date(vector.at)).accepted, false, vector.from);
        }
    });

    test(`${name} refuses each of its vectors without a header, with one twice and with another secret`, () => {
        const file = load(name);
        const signed = Object.values({ a: file.verify.header, b: file.verify.time?.header, c: file.verify.id?.header }).filter(Boolean);
        for (const vector of (file.vectors ?? []).filter((one) => one.accepted !== false)) {
            const at = vector.at && new Date(vector.at);
            for (const header of signed) {
                const { [header]: value, ...others } = vector.headers;
                for (const headers of [others, { ...others, [header]: '' }, { ...others, [header]: [value, value] }]) {
                    assert.equal(verify(file, { ...requestOf(vector), headers }, sourceOf(vector), at).accepted, false);
                }
            }
            const other = { ...sourceOf(vector), secrets: ['d2hhdGV2ZXIgaXQgaXMsIGl0IGlzIHdyb25n'] };
            assert.equal(verify(file, requestOf(vector), other, at).accepted, false);
        }
    });

    test(`${name} names nobody but people at example.com, and answers a refusal neither with 404 nor with 410`, () => {
        const file = load(name);
        for (const { body } of file.samples ?? []) {
            for (const [address] of body.matchAll(/[\w.+-]+@[\w-]+(?:\.\w+)+/g)) assert.match(address, /@example\.com$/);
        }
        assert.ok(![404, 410].includes(refused(file).status));
    });
}

for (const name of Object.keys(files)) {
    test(`the vectors of ${name} tell a change of its verify`, () => {
        const { verify: how } = load(name);
        const changes = how.kind === 'token' ? [{ pointer: '/another', header: undefined }]
            : how.kind === 'public-key' ? [{ text: `${how.text ?? '{body}'}.` }]
                : [{ algorithm: 'sha512' }, { text: `${how.text ?? '{body}'}.` }, { encoding: how.encoding === 'base64' ? 'hex' : 'base64' }];
        for (const change of changes) {
            const file = load(name);
            Object.assign(file.verify, change);
            assert.notDeepEqual(contradictions(file), [], JSON.stringify(change));
        }
    });
}

for (const name of Object.keys(files).filter((one) => load(one).verify.time?.tolerance)) {
    test(`${name} refuses a vector that is a minute more than its tolerance late or early`, () => {
        const file = load(name);
        for (const vector of (file.vectors ?? []).filter((one) => one.accepted !== false && one.at)) {
            const signed = microseconds(tried(file, vector).time, file.verify.time.unit ?? 'auto') / 1000n;
            const distance = duration(file.verify.time.tolerance) / 1000n + 60_000n;
            for (const moment of [signed - distance, signed + distance]) {
                const at = new Date(Number(moment));
                assert.equal(verify(file, requestOf(vector), sourceOf(vector), at).reason, 'too early or too late');
            }
        }
    });
}

test('a file without a fault contradicts nothing, and a changed vector or sample is told', (t) => {
    if (!files.tidio) return t.skip('tidio is not among the files');
    const fault = (change) => {
        const file = load('tidio');
        change(file);
        return contradictions(file);
    };
    assert.deepEqual(fault(() => {}), []);
    assert.match(fault((file) => { file.vectors[0].body = file.vectors[0].body.replace('John', 'Joan'); })[0], /wrong signature/);
    assert.match(fault((file) => { file.vectors[0].at = '2023-06-19T13:24:07Z'; })[0], /too early/);
    assert.match(fault((file) => { file.vectors[2].body = file.vectors[0].body; })[0], /accepted/);
    assert.match(fault((file) => { file.samples[0].type = 'lead.updated'; })[0], /sample created: lead.created/);
    assert.match(fault((file) => { delete file.map.events['contact.created']; })[0], /unrecognized/);
    assert.match(fault((file) => { file.verify.text = '{time}_{body}'; })[0], /wrong signature/);
});

test('a handshake is told by a key that is there and by keys that are not, and its sample by the type handshake', () => {
    const file = readFile('plain', `title: Plain
verify: {header: X-Plain-Signature, text: "{id}.{body}", id: {header: X-Plain-Id}}
handshake:
  - {when: {pointer: /probe, present: true, absent: [/id, /data/kind]}, answer: {text: {pointer: /probe}}}
  - {when: {header: x-plain-id, pointer: /type, is: "*"}, answer: {accepted: true}}
`);
    assert.deepEqual(file.errors, []);
    const answer = (body, headers = {}) => handshake(file.file, { method: 'POST', headers, body: Buffer.from(body) }, { secrets: ['s'] })?.body;
    assert.equal(answer('{"probe":"abc"}'), 'abc');
    assert.equal(answer('{"probe":"abc","id":null,"data":{"kind":""}}'), 'abc');
    for (const body of ['{"probe":null}', '{"probe":""}', '{}', 'no JSON', '{"probe":"a","id":0}', '{"probe":"a","data":{"kind":[]}}']) {
        assert.equal(answer(body), undefined, body);
    }
    assert.equal(answer('{"type":"anything"}', { 'X-Plain-Id': '1' }), undefined);
    assert.notEqual(answer('{"type":"*"}', { 'X-Plain-Id': '1' }), undefined);
    assert.ok(isAsSaid(file.file, { type: 'handshake', body: '{"probe":"abc"}' }));
    assert.ok(!isAsSaid(file.file, { type: 'unrecognized', body: '{"probe":"abc"}' }));
    assert.ok(!isAsSaid(file.file, { type: 'handshake', body: '{}' }));
});

test('a number is an event where a number stands under events, and a list of types is that of the events', () => {
    const map = (events) => readFile('plain', `title: Plain\nverify: {header: X-Plain-Signature}
map: {each: [[""]], event: /type, identity: [/id], events: ${events}}\n`).file;
    const body = '[{"type":7,"id":1},{"type":"7","id":2},{"type":8,"id":3}]';
    const type = ['lead.created', 'lead.created', 'unrecognized'];
    assert.ok(isAsSaid(map('{7: {becomes: lead.created}}'), { type, body }));
    assert.ok(!isAsSaid(map('{7: {becomes: lead.created}}'), { type: type.toReversed(), body }));
    const events = becomes(map('{seven: {becomes: lead.created}}'), body);
    assert.deepEqual(events.map((event) => event.vendortype), [undefined, '7', undefined]);
});

// A file with nothing wrong, of which each rule is shown one fault.
const plain = {
    title: 'title: Plain',
    verify: 'verify:\n  header: X-Plain-Signature\n  text: "{time}.{body}"\n  time: {header: X-Plain-Time, unit: s, tolerance: 5m}',
    vectors: 'vectors:\n  - {from: here, secret: s, headers: {}, body: "{}", accepted: false, reason: nothing signed}',
};
const rulesOf = (changes) => {
    const { errors, warnings } = readFile('plain', Object.values({ ...plain, ...changes }).filter(Boolean).join('\n'));
    return [...errors, ...warnings];
};
const verifying = (text) => ({ verify: `verify:\n  header: X-Plain-Signature\n${text.split('\n').map((line) => `  ${line}`).join('\n')}` });

test('the plain file has no fault', () => assert.deepEqual(rulesOf({}), []));

for (const [rule, name, changes] of [
    ['C1', 'a text without the body', verifying('text: "{time}."\ntime: {header: X-Plain-Time}')],
    ['C2', 'a tolerance on a time that nobody signed', verifying('time: {header: X-Plain-Time, tolerance: 5m}')],
    ['C3', 'a text with the body twice', verifying('text: "{body}.{body}"')],
    ['C3', 'an id beside the body', verifying('text: "{id}{body}"\nid: {header: X-Plain-Id}')],
    ['C3', 'a time of either unit beside the body', verifying('text: "{time}{body}"\ntime: {header: X-Plain-Time}')],
    ['C4', 'two encodings of one length', verifying('encoding: [hex, hex]')],
    ['C4', 'two encodings of a signature without a fixed length',
        verifying('kind: public-key\nalgorithm: rsa-pkcs1-sha256\nkey: pem\nencoding: [hex, base64]')],
    ['C5', 'an identity in an unsigned header', { identity: 'identity: [{header: X-Plain-Delivery}]' }],
    ['C5', 'an identity that is an unsigned id', { identity: 'identity: [id]' }],
    ['C7', 'a header that nginx drops', { verify: 'verify: {header: X_Plain_Signature}' }],
    ['C9', 'a token with a text', verifying('kind: token\ntext: "{body}"')],
    ['C9', 'a token with an algorithm', verifying('kind: token\nalgorithm: sha1')],
    ['C10', 'a file without a vector', { vectors: '' }],
    ['C11', 'a prefix that runs into the signature', verifying('prefix: v0')],
    ['C12', 'a POST that is answered before it is verified',
        { handshake: 'handshake:\n  - {when: {method: POST, pointer: /a, is: b}, answer: {accepted: true}}' }],
    ['C12', 'a GET that anybody may send',
        { handshake: 'handshake:\n  - {when: {method: GET, query: {mode: subscribe}}, answer: {text: {query: challenge}}}' }],
    ['C12', 'a handshake by a header that anybody may add',
        { handshake: 'handshake:\n  - {when: {header: X-Plain-Challenge}, answer: {accepted: true}}' }],
    ['C12', 'a handshake that everything without a key would be',
        { handshake: 'handshake:\n  - {when: {absent: /id}, answer: {accepted: true}}' }],
    [undefined, 'a key of a handshake that need not be there',
        { handshake: 'handshake:\n  - {when: {pointer: /a, present: false}, answer: {accepted: true}}' }],
    [undefined, 'a key of a handshake with a text and without',
        { handshake: 'handshake:\n  - {when: {pointer: /a, is: b, present: true}, answer: {accepted: true}}' }],
    [undefined, 'headers as a list',
        { vectors: 'vectors:\n  - {from: here, secret: s, headers: [a], body: "{}", accepted: false, reason: nothing signed}' }],
    [undefined, 'a vector without headers',
        { vectors: 'vectors:\n  - {from: here, secret: s, body: "{}", accepted: false, reason: nothing signed}' }],
    [undefined, 'a reason that is no code',
        { vectors: 'vectors:\n  - {from: here, secret: s, headers: {}, body: "{}", accepted: false, reason: forged}' }],
    [undefined, 'a sample of no type', { samples: 'samples:\n  - {name: a, type: [lead.created, handshake], body: "{}"}' }],
    ['C13', 'a form as JSON.stringify', verifying('text: "{url}{form}"\nbody: [raw, stringified]')],
    [undefined, 'a key that nobody knows', { more: 'colour: green' }],
    [undefined, 'a key of verify that nobody knows', verifying('colour: green')],
    [undefined, 'a prefix of pairs', verifying('form: pairs\nsignature: v1\nprefix: "a="')],
    [undefined, 'pairs without the name of the signature', verifying('form: pairs')],
    [undefined, 'a time that is not used', verifying('time: {header: X-Plain-Time}')],
    [undefined, 'a text with a placeholder that nobody knows', verifying('text: "{body}{host}"')],
    [undefined, 'a refusal with 410', { answer: 'answer: {refused: {status: 410}}' }],
    [undefined, 'a target that nobody knows', { map: 'map: {event: /a, set: {contact.colour: /b}}' }],
    [undefined, 'a type that nobody knows', { map: 'map: {event: /a, events: {b: {becomes: lead.lost}}}' }],
    [undefined, 'a block that nobody knows', { map: 'map: {event: /a, events: {b: {becomes: lead.created, use: [c]}}}' }],
    [undefined, 'a pointer without a slash', { map: 'map: {event: a}' }],
    [undefined, 'a header as the name of a contact', { map: 'map: {event: /a, set: {contact.name: {header: X-Name}}}' }],
    [undefined, 'an event in an unsigned header', { map: 'map: {event: {header: X-Plain-Event}}' }],
    [undefined, '65 pointers', { map: `map: {event: [${Array(65).fill('/a').join(', ')}]}` }],
    [undefined, 'a vector that does not say where it stands', { vectors: 'vectors:\n  - {secret: s, headers: {}, body: "{}"}' }],
    [undefined, 'a key twice', { more: 'title: Again' }],
]) {
    test(`${rule ?? 'the reader'} tells ${name}`, () => {
        const told = rulesOf(changes);
        assert.ok(told.some((one) => one.rule === rule && one.line >= 1), JSON.stringify(told));
    });
}

test('a fault is told with its line', () => {
    const told = rulesOf(verifying('text: "{time}."\ntime: {header: X-Plain-Time}')).find((one) => one.rule === 'C1');
    assert.equal(told.line, 4);
});

test('C6 and C8 tell a source its secret and its missing address', () => {
    const rules = (verifyText, source) => checkSource({ verify: verifyText }, source).map((one) => one.rule);
    assert.deepEqual(rules({ key: 'whsec' }, { secrets: ['whsec_c2hvcnQ='] }), ['C6']);
    assert.deepEqual(rules({ key: 'base64' }, { secrets: ['not base64!'] }), ['C6']);
    assert.deepEqual(rules({ key: 'hex' }, { secrets: ['00112233445566778899aabbccddeef'] }), ['C6']);
    assert.deepEqual(rules({ key: 'hex' }, { secrets: ['00112233445566778899aabbccddeeff'] }), []);
    assert.deepEqual(rules({ text: '{url}{body}' }, { secrets: ['s'] }), ['C8']);
    assert.deepEqual(rules({ text: '{url}{body}' }, { secrets: ['s'], publicUrl: 'https://example.com/' }), []);
});

const changedBody = (file, from, to) => file.samples[0].body.replace(from, to);
for (const [name, from, to, part] of [
    ['intercom', '"delivery_attempts":1', '"delivery_attempts":2', 'notif_2'],
    ['hubspot-v3', '"attemptNumber":0', '"attemptNumber":1', '"occurredAt":1564113600000'],
    ['tidio', '"created_at":1687177445', '"created_at":1687177999', '7307ac4d'],
]) {
    test(`a further attempt of ${name} is the same event, and another event is not`, (t) => {
        if (!files[name]) return t.skip(`${name} is not among the files`);
        const file = load(name);
        const identities = (body) => becomes(file, body).map((event) => event.identity);
        assert.notEqual(changedBody(file, from, to), file.samples[0].body);
        assert.deepEqual(identities(changedBody(file, from, to)), identities(file.samples[0].body));
        const other = changedBody(file, part, `${part.slice(0, -1)}7`);
        assert.notEqual(other, file.samples[0].body);
        assert.notDeepEqual(identities(other), identities(file.samples[0].body));
    });
}

test('Meta asks with the right word and is answered, and nobody else is', (t) => {
    if (!files.meta) return t.skip('meta is not among the files');
    const ask = (query) => handshake(load('meta'), { method: 'GET', headers: {}, body: Buffer.alloc(0), query }, { verifyToken: 'word' });
    const right = { 'hub.mode': 'subscribe', 'hub.verify_token': 'word', 'hub.challenge': '1158201444' };
    assert.deepEqual(ask(right), { status: 200, contentType: 'text/plain', body: '1158201444' });
    for (const wrong of [{ 'hub.verify_token': 'sword' }, { 'hub.verify_token': '' }, { 'hub.mode': 'unsubscribe' },
        { 'hub.challenge': '' }, { 'hub.challenge': 'a'.repeat(257) }]) {
        assert.equal(ask({ ...right, ...wrong }), undefined);
    }
    assert.equal(handshake(load('meta'), { method: 'GET', headers: {}, query: right }, {}), undefined);
});

test('a ping of Intercom is answered and makes no event, and a notification makes one', (t) => {
    if (!files.intercom) return t.skip('intercom is not among the files');
    const file = load('intercom');
    const ask = (body) => handshake(file, { method: 'POST', headers: {}, body: Buffer.from(body) }, {});
    assert.equal(ask('{"topic":"ping","id":null}').status, 200);
    assert.equal(ask(file.samples[0].body), undefined);
});

test('two messages and a status in one request of Meta are three events, each with its own fields', (t) => {
    if (!files.meta) return t.skip('meta is not among the files');
    const message = (id, text) => ({ from: '15559876543', id, timestamp: '1700000000', type: 'text', text: { body: text } });
    const value = { metadata: { phone_number_id: '106540352242922' }, contacts: [{ profile: { name: 'Ada' }, wa_id: '1' }, { profile: { name: 'John Doe' }, wa_id: '15559876543' }],
        messages: [message('a', 'Hi'), message('b', 'Anybody?')], statuses: [{ id: 'c', status: 'read', timestamp: '1700000001' }] };
    const body = JSON.stringify({ entry: [{ id: '1', changes: [{ value, field: 'messages' }] }] });
    const events = becomes(load('meta'), body);
    assert.deepEqual(events.map((event) => [event.type, event.vendortype]),
        [['message.received', 'message'], ['message.received', 'message'], ['unrecognized', 'status']]);
    assert.equal(new Set(events.map((event) => event.identity.join())).size, 3);
    assert.deepEqual(events[1].data, { contact: { name: 'John Doe', phone: '15559876543' },
        conversation: { id: '15559876543', messages: [{ role: 'user', text: 'Anybody?', resources: undefined }] },
        workspace: { id: '106540352242922' } });
    assert.equal(events[1].time, '2023-11-14T22:13:20Z');
});

test('an identifier keeps the digits that a double loses', (t) => {
    if (!files['hubspot-v3']) return t.skip('hubspot-v3 is not among the files');
    const [event] = becomes(load('hubspot-v3'), '[{"subscriptionType":"contact.creation","objectId":12345678901234567890}]');
    assert.equal(event.data.lead.id, '12345678901234567890');
});

test('a body that is not JSON, or says nothing that is known, is unrecognized', () => {
    for (const name of Object.keys(files)) {
        for (const body of ['', 'x=1', '{}', '[]', 'null', '"text"', '{"event":"constructor","type":"__proto__"}']) {
            assert.deepEqual([...new Set(becomes(load(name), body).map((event) => event.type))], ['unrecognized'], `${name}: ${body}`);
        }
    }
});

// The signature doctor with signatures made by Node, each with one common mistake, and with a request that
// the daemon accepts.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { chathookd, Daemon, temporaryDirectory } from './support/daemon.mjs';
import { allSamples } from './support/samples.mjs';
import { hmac, signed, vendors } from './support/vendors.mjs';

const body = '{"event": "lead.created", "data": {"name": "Zoë 李", "score": 1.50, "url": "http://a.example/"}}';
const value = JSON.parse(body);
const secretOf = (vendor) => vendors[vendor].secret;
const ascii = (text) =>
    text.replace(/[\u0080-\uffff]/g, (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
const headerLines = (headers) =>
    Object.entries(headers)
        .map(([name, text]) => `${name}: ${text}\r\n`)
        .join('');

// Runs `explain` on the files and returns its report; checks that it contains no secret and no MAC.
function explain(t, vendor, headers, sent, { secrets = [secretOf(vendor)], more = [] } = {}) {
    const directory = temporaryDirectory(t);
    const [headersFile, bodyFile] = ['headers', 'body'].map((name) => path.join(directory, name));
    fs.writeFileSync(headersFile, typeof headers === 'string' ? headers : headerLines(headers));
    fs.writeFileSync(bodyFile, sent);
    const env = Object.fromEntries(secrets.map((secret, i) => [`SECRET_${i}`, secret]));
    const named = Object.keys(env).flatMap((name) => ['--secret', `env:${name}`]);
    const args = ['explain', '--vendor', vendor, ...named, '--headers', headersFile, bodyFile, ...more];
    const plain = chathookd(args, { env });
    const json = chathookd([...args, '--json'], { env });
    assert.equal(plain.code, json.code);
    for (const text of [plain.out, plain.err, json.out, json.err]) {
        for (const secret of secrets) assert.ok(!text.includes(secret.trim()), 'a secret is printed');
        assert.doesNotMatch(text, /[0-9a-f]{32}/i, 'a MAC is printed');
        for (const of of [sent, JSON.stringify(value)]) {
            const right = createHmac('sha256', secrets[0]).update(of).digest('base64');
            assert.ok(!text.includes(right.slice(0, 20)), 'a MAC is printed in base64');
        }
    }
    const report = JSON.parse(json.out);
    const outcome = Object.fromEntries(report.findings.map((finding) => [finding.part, finding]));
    return { code: plain.code, out: plain.out, report, outcome, causes: report.causes.map((c) => c.names.join('+')) };
}

const knowrithm = (text, secret = secretOf('knowrithm')) => ({
    'X-Knowrithm-Signature': `sha256=${hmac('sha256', secret, text)}`,
});

test('explain finds a request that the daemon accepts ok, with the same answer', async (t) => {
    const daemon = await Daemon.start(t);
    for (const { vendor, name, body: sample } of allSamples()) {
        const headers = signed(vendor, sample);
        const answer = await daemon.send(vendor, sample, { headers });
        const { code, report } = explain(t, vendor, headers, sample);
        assert.equal(code, 0, `${vendor} ${name}`);
        assert.equal(report.accepted, true);
        assert.deepEqual(report.answer, { status: answer.status, body: answer.body });
    }
});

test('explain finds a request that the daemon refuses wrong, with the same answer', async (t) => {
    const daemon = await Daemon.start(t);
    for (const vendor of Object.keys(vendors)) {
        const headers = signed(vendor, body, 'a-secret-that-nobody-gave');
        const answer = await daemon.send(vendor, body, { headers });
        const { code, report, causes } = explain(t, vendor, headers, body);
        assert.equal(code, 65, vendor);
        assert.equal(report.reason, 'wrong_signature');
        assert.deepEqual(report.answer, { status: answer.status, body: answer.body });
        assert.deepEqual(causes, []);
        assert.match(report.findings.at(-1).text, /no usual cause matches/);
    }
});

test('the change of a body on its way is named', (t) => {
    const changes = {
        'body:stringified': JSON.stringify(value),
        'body:indent-2': JSON.stringify(value, null, 2),
        'body:indent-4': JSON.stringify(value, null, 4),
        'body:python': ascii(body),
        'body:python-compact': ascii(JSON.stringify(value).replace('1.5', '1.50')),
        'body:php': ascii(JSON.stringify(value).replace('1.5', '1.50')).replaceAll('/', '\\/'),
        'body:newline-added': `${body}\n`,
        'body:crlf-added': `${body}\r\n`,
        'body:bom-added': `\uFEFF${body}`,
        'body:json-string-encoded': JSON.stringify(body),
        'body:empty-object': '{}',
        'body:empty': '',
    };
    for (const [cause, text] of Object.entries(changes)) {
        const { code, causes, out } = explain(t, 'knowrithm', knowrithm(text), body);
        assert.equal(code, 65);
        assert.deepEqual(causes, [cause]);
        assert.match(out, /Cause: the signature matches .*\n {2}-> /);
    }
});

test('the change of a body when it was saved is named', (t) => {
    const latin = '{"name":"Zoë"}';
    const saved = {
        'body:newline-removed': [body, `${body}\n`],
        'body:bom-removed': [body, `\uFEFF${body}`],
        'body:crlf-to-lf': ['{\n"a":1\n}', '{\r\n"a":1\r\n}'],
        'body:lf-to-crlf': ['{\r\n"a":1\r\n}', '{\n"a":1\n}'],
        'body:base64-decoded': [body, Buffer.from(body).toString('base64')],
        'body:json-string-decoded': [body, JSON.stringify(body)],
        'body:latin1-to-utf8': [latin, Buffer.from(latin, 'latin1')],
        'body:utf8-to-latin1': [Buffer.from(latin, 'latin1'), latin],
    };
    for (const [cause, [text, file]] of Object.entries(saved)) {
        assert.deepEqual(explain(t, 'knowrithm', knowrithm(text), file).causes, [cause]);
    }
});

test('a truncated body is recognised by its Content-Length', (t) => {
    const headers = { ...knowrithm(body), 'Content-Length': Buffer.byteLength(body) };
    const { code, outcome } = explain(t, 'knowrithm', headers, body.slice(0, 40));
    assert.equal(code, 65);
    assert.equal(outcome.body.outcome, 'wrong');
    assert.match(outcome.body.text, /40 bytes, but Content-Length says \d+: \d+ are missing/);
    const longer = explain(t, 'knowrithm', headers, `${body}--boundary`);
    assert.deepEqual(longer.causes, ['body:cut-to-length']);
});

test('a mistaken secret is named, also together with a changed body', (t) => {
    const secret = 'a-secret-of-some-length';
    const given = {
        'secret:trimmed': ` ${secret}\t`,
        'secret:unquoted': `"${secret}"`,
        'secret:base64-decoded': Buffer.from(secret).toString('base64'),
        'secret:hex-decoded': Buffer.from(secret).toString('hex'),
        'secret:whsec-stripped': `whsec_${secret}`,
        'secret:whsec-stripped-base64-decoded': `whsec_${Buffer.from(secret).toString('base64')}`,
    };
    for (const [cause, wrong] of Object.entries(given)) {
        const secrets = [wrong];
        assert.deepEqual(explain(t, 'knowrithm', knowrithm(body, secret), body, { secrets }).causes, [cause]);
        const changed = knowrithm(`${body}\n`, secret);
        assert.deepEqual(explain(t, 'knowrithm', changed, body, { secrets }).causes, [
            `body:newline-added+${cause}`,
        ]);
    }
    const echoed = knowrithm(body, `${secret}\n`);
    assert.deepEqual(explain(t, 'knowrithm', echoed, body, { secrets: [secret] }).causes, [
        'secret:newline-added',
    ]);
});

test('of several secrets the matching one is named by its position', (t) => {
    const secrets = ['the-new-secret-of-2026', secretOf('knowrithm')];
    const { code, outcome } = explain(t, 'knowrithm', knowrithm(body), body, { secrets });
    assert.equal(code, 0);
    assert.match(outcome.signature.text, /secret 2 of 2/);
});

test('a valid MAC in a wrong form is reported as such', (t) => {
    const mac = createHmac('sha256', secretOf('wonderchat')).update(body).digest();
    const forms = [
        [mac.toString('base64'), /44 characters of base64/],
        [mac.toString('base64url'), /base64/],
        [`sha256=${mac.toString('hex')}`, /sha256= precedes it.*knowrithm or .* would write it so/],
        [hmac('sha1', secretOf('wonderchat'), body), /40 hex digits, the size of SHA-1/],
        [`"${mac.toString('hex')}"`, /quotation marks/],
    ];
    for (const [text, expected] of forms) {
        const headers = { 'X-Wonderchat-Signature': text };
        const { code, report, outcome } = explain(t, 'wonderchat', headers, body);
        assert.equal(code, 65);
        assert.equal(report.reason, 'malformed_signature');
        assert.equal(outcome.form.outcome, 'wrong');
        assert.match(outcome.form.text, expected);
        assert.equal(outcome.signature.outcome, 'ok');
    }
});

test("the header of another vendor is recognized and suggested", (t) => {
    for (const vendor of Object.keys(vendors).filter((name) => name !== 'lynn')) {
        const headers = signed(vendor, body);
        const { code, outcome } = explain(t, 'lynn', headers, body, { secrets: [secretOf(vendor)] });
        assert.equal(code, 65);
        assert.equal(outcome.header.outcome, 'wrong');
        assert.match(outcome.header.hint, new RegExp(`--vendor ${vendor}`));
        assert.match(outcome.signature.text, new RegExp(`as ${vendor} signs`));
    }
});

test('a time that is stale, in another unit, or not part of the signed text is named', (t) => {
    const received = 1_700_000_000;
    const more = ['--now', String(received)];
    const headersAt = (time, text) => ({
        'X-Webhook-Signature': `t=${time},v1=${hmac('sha256', secretOf('newoaks'), text ?? `${time}.${body}`)}`,
    });
    const stale = explain(t, 'newoaks', headersAt(received - 7200), body, { more });
    assert.equal(stale.report.reason, 'stale_timestamp');
    assert.equal(stale.outcome.signature.outcome, 'ok');
    assert.match(stale.outcome.time.text, /t is 2 h old, in seconds.*local time/);
    const milliseconds = explain(t, 'newoaks', headersAt(received * 1000), body, { more });
    assert.equal(milliseconds.code, 0);
    assert.match(milliseconds.outcome.time.text, /milliseconds/);
    const microseconds = explain(t, 'newoaks', headersAt(received * 1e6), body, { more });
    assert.match(microseconds.outcome.form.text, /t= has 16 digits, microseconds/);
    const untimed = explain(t, 'newoaks', headersAt(received, body), body, { more });
    assert.deepEqual(untimed.causes, ['text:time-not-signed']);
    const time = '2023-11-14T22:13:20.000Z';
    const timed = {
        'X-Wonderchat-Signature': hmac('sha256', secretOf('wonderchat'), `${time}.${body}`),
        'X-Wonderchat-Timestamp': time,
    };
    assert.deepEqual(explain(t, 'wonderchat', timed, body).causes, ['text:time-signed']);
});

const ed25519 = generateKeyPairSync('ed25519');
const publicKey = ed25519.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
const own = (t, text) => {
    const file = path.join(temporaryDirectory(t), 'desk.yaml');
    fs.writeFileSync(file, `title: Desk\n${text}`);
    return file;
};
const now = () => String(Math.floor(Date.now() / 1000));
const mac = (text, encoding = 'hex') => createHmac('sha256', secretOf('knowrithm')).update(text).digest(encoding);
const known = { secrets: [secretOf('knowrithm')] };

test("a public key's signature is right, or of another form", (t) => {
    const time = now();
    const signature = sign(null, time + body, ed25519.privateKey);
    const headers = (encoding) => ({ 'X-Signature-Timestamp': time, 'X-Signature-Ed25519': signature.toString(encoding) });
    const right = explain(t, 'discord', headers('hex'), body, { secrets: [publicKey] });
    assert.equal(right.code, 0);
    assert.equal(right.outcome.form.outcome, 'ok');
    const wrong = explain(t, 'discord', headers('base64'), body, { secrets: [publicKey] });
    assert.equal(wrong.code, 65);
    assert.match(wrong.outcome.form.text, /characters of base64; wanted: the signature in hex/);
});

test('a token is found right in a header and in the body, and its absence is named', (t) => {
    const secrets = ['a-token-of-some-length'];
    assert.equal(explain(t, 'telegram', { 'X-Telegram-Bot-Api-Secret-Token': secrets[0] }, body, { secrets }).outcome.form.outcome, 'ok');
    const file = own(t, 'verify: {kind: token, pointer: /auth/key}\n');
    const inBody = (text) => explain(t, file, {}, text, { secrets });
    assert.equal(inBody(`{"auth":{"key":"${secrets[0]}"}}`).code, 0);
    assert.match(inBody('{"auth":{}}').outcome.token.text, /no text stands at \/auth\/key/);
});

test('what is wrong with a signed id or time is said, and the secret is not blamed', (t) => {
    const file = own(t, 'verify: {header: X-Sig, text: "{id}.{time}.{body}", id: {header: X-Id}, time: {header: X-Time, unit: ms}}\n');
    const time = String(Date.now());
    const signedAs = (id, at, headers) => explain(t, file,
        { 'X-Sig': mac(`${id}.${at}.${body}`), 'X-Id': id, 'X-Time': at, ...headers }, body, known);
    assert.equal(signedAs('a', time).code, 0);
    const cases = [
        [signedAs('a.1', time), 'id', /X-Id contains '\.'/],
        [signedAs('a', now()), 'time', /X-Time has 10 digits, seconds; wanted: the 13 digits of milliseconds/],
        [explain(t, file, { 'X-Sig': mac(body), 'X-Time': time }, body, known), 'id', /there is no X-Id/],
        [explain(t, file, { 'X-Sig': mac(body), 'X-Id': 'a' }, body, known), 'time', /there is no X-Time/],
        [explain(t, file, `X-Sig: ${mac(body)}\nX-Time: ${time}\nX-Id: a\nX-Id: a\n`, body, known), 'id', /X-Id is there 2 times/],
    ];
    for (const [{ code, outcome }, part, words] of cases) {
        assert.equal(code, 65);
        assert.equal(outcome[part].outcome, 'wrong');
        assert.match(outcome[part].text, words);
        assert.doesNotMatch(outcome.signature.hint, /another secret/);
    }
});

test('a public_url that the vendor spells otherwise is found', (t) => {
    const url = 'https://hooks.example.com/webhooks/twilio';
    const form = 'Body=Hello&From=%2B4930';
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded',
        'X-Twilio-Signature': createHmac('sha1', secretOf('knowrithm')).update(`${url}BodyHelloFrom+4930`).digest('base64') };
    const with_ = (public_url) => explain(t, 'twilio', headers, form, { ...known, more: ['--public-url', public_url] });
    const right = with_(url);
    assert.equal(right.code, 0);
    assert.equal(right.outcome.signature.outcome, 'ok');
    for (const other of [`${url}/`, url.replace('https', 'http'), `${url}?a=b`, url.replace('.com', '.com:8443')]) {
        const { causes, report } = with_(other);
        assert.deepEqual(causes, ['text:other-url'], other);
        assert.ok(report.causes[0].hints[0].endsWith(url));
    }
    assert.match(with_('https://other.example.com/').outcome.signature.hint, /public_url is https:\/\/other\.example\.com/);
    const missing = chathookd(['explain', '--vendor', 'twilio', '--secret', 'env:S', '--headers', '-', 'x'], { env: { S: known.secrets[0] } });
    assert.equal(missing.code, 64);
    assert.match(missing.err, /--public-url/);
});

test('a handshake is explained with its answer, and its refusal as such', (t) => {
    const file = own(t, 'verify: {header: X-Sig}\nhandshake: [{when: {pointer: /type, is: ping}, answer: {json: {word: {pointer: /word}}}}]\n');
    const asked = (word) => {
        const text = JSON.stringify({ type: 'ping', word });
        return explain(t, file, { 'X-Sig': mac(text) }, text, known);
    };
    const right = asked('abc');
    assert.equal(right.code, 0);
    assert.deepEqual(right.report.answer, { status: 200, body: '{"word":"abc"}' });
    const refused = asked('a b');
    assert.equal(refused.code, 65);
    assert.equal(refused.report.reason, 'handshake_refused');
    assert.equal(refused.outcome.handshake.outcome, 'wrong');
    const zoom = own(t, 'verify: {header: X-Sig, text: "v0:{body}"}\n' +
        'handshake: [{when: {pointer: /type, is: ping}, answer: {json: {mac: {hmac_hex: {pointer: /word}}}}}]\n');
    const text = '{"type":"ping","word":"abc"}';
    const headers = { 'X-Sig': mac(`v0:${text}`) };
    const directory = temporaryDirectory(t);
    fs.writeFileSync(path.join(directory, 'h'), headerLines(headers));
    fs.writeFileSync(path.join(directory, 'b'), text);
    const ran = chathookd(['explain', '--vendor', zoom, '--secret', 'env:S', '--headers', path.join(directory, 'h'), path.join(directory, 'b')],
        { env: { S: known.secrets[0] } });
    assert.match(ran.out, /"mac":"[0-9a-f]{64}"/);
    assert.ok(!ran.out.includes(mac('abc')), 'an HMAC of the real secret is printed');
    const token = own(t, 'verify: {kind: token, header: X-Token}\nhandshake: [{when: {pointer: /type, is: ping}, answer: {text: {pointer: /word}}}]\n');
    assert.deepEqual(explain(t, token, { 'X-Token': known.secrets[0] }, text, known).report.answer, { status: 200, body: 'abc' });
});

test("a source's expect is part of what is explained", (t) => {
    const expected = (words) => explain(t, 'knowrithm', knowrithm(body), body, { more: ['--expect', words] });
    assert.equal(expected('/event=lead.created').code, 0);
    assert.equal(expected('/event=another').report.reason, 'unexpected_account');
});

test('another vendor by whose rules the signature is right is named', (t) => {
    const { report, outcome, causes } = explain(t, 'knowrithm',
        { 'X-Front-Signature': createHmac('sha1', secretOf('knowrithm')).update(JSON.stringify(value)).digest('base64') }, body);
    assert.deepEqual(report.neighbours, ['front-rule']);
    assert.deepEqual(causes, ['vendor:front-rule']);
    assert.match(report.causes[0].text, /this is what Front/);
    assert.match(outcome.signature.text, /right for another vendor/);
});

test('a request is read from one file as `rejections show --request` prints it', (t) => {
    const file = path.join(temporaryDirectory(t), 'request');
    fs.writeFileSync(file, `POST /webhooks/knowrithm HTTP/1.1\r\n${headerLines(knowrithm(body))}\r\n${body}`);
    const args = ['explain', '--vendor', 'knowrithm', '--secret', 'env:S'];
    const env = { S: secretOf('knowrithm') };
    assert.equal(chathookd([...args, '--request', file], { env }).code, 0);
    for (const wrong of [[], ['--request', file, '--headers', file], ['--headers', file]]) {
        const ran = chathookd([...args, ...wrong], { env });
        assert.equal(ran.code, 64);
        assert.match(ran.err, /--request FILE/);
    }
});

test('headers are accepted as curl -v prints them', (t) => {
    const lines = ['> POST /webhooks/knowrithm HTTP/1.1', '> Host: localhost'];
    for (const [name, text] of Object.entries(knowrithm(body))) lines.push(`> ${name}: ${text}`);
    const headers = ['* Connected', ...lines, '>', '< HTTP/1.1 403 Forbidden', ''].join('\n');
    assert.equal(explain(t, 'knowrithm', headers, body).code, 0);
});

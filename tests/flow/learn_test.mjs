// `vendors learn`: from one signed request and the secret to a vendor file that verifies the next one. The signer is Node's,
// written from how the platforms in the names sign.
import assert from 'node:assert/strict';
import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { chathookd, Daemon, temporaryDirectory } from './support/daemon.mjs';
import { post } from './support/http.mjs';
import { until } from './support/wait.mjs';

const text = 'a secret of some length';
const bytes = Buffer.from('000102030405060708090a0b0c0d0e0f1011121314151617', 'hex');
const url = 'https://hooks.example.com/webhooks/desk?x=1';
const seconds = () => String(Math.floor(Date.now() / 1000));
const milliseconds = () => String(Date.now());
const iso = () => new Date().toISOString();
const mac = (signed, { key = text, algorithm = 'sha256', encoding = 'hex' } = {}) =>
    createHmac(algorithm, key).update(signed).digest(encoding);
const base64 = { encoding: 'base64' };

const ed25519 = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (pair) => pair.publicKey.export({ type: 'spki', format: 'pem' });
const rawHex = (pair) => pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');

const lead = '{"event": "lead.captured", "id": "e1", "sent_at": "2026-11-30T10:00:00Z", "lead": {"email": "visitor@example.com", "name": "Zoë"}}';
const fields = (body) => [...new URLSearchParams(body)].sort().map(([name, value]) => name + value).join('');

// Each: the headers of a request with this body, and what the proposal has to say.
const signers = {
    'bare-hex': { headers: (b) => ({ 'X-Desk-Signature': mac(b) }), says: ['header: X-Desk-Signature'] },
    'prefixed-sha1': { headers: (b) => ({ 'X-Hub-Signature': `sha1=${mac(b, { algorithm: 'sha1' })}` }), says: ['algorithm: sha1', 'prefix: "sha1="'] },
    'prefixed-base64': { headers: (b) => ({ 'Typeform-Signature': `sha256=${mac(b, base64)}` }), says: ['prefix: "sha256="', 'encoding: base64'] },
    sha512: { headers: (b) => ({ 'X-Signature': mac(b, { algorithm: 'sha512', ...base64 }) }), says: ['algorithm: sha512'] },
    'word-before-base64': { secret: bytes.toString('base64'), headers: (b) => ({ Authorization: `HMAC ${mac(b, { key: bytes, ...base64 })}` }), says: ['key: base64', 'prefix: "HMAC "'] },
    'hex-key': { secret: bytes.toString('hex'), headers: (b) => ({ 'X-Signature': mac(b, { key: bytes }) }), says: ['key: hex'] },
    'standard-webhooks': {
        secret: `whsec_${bytes.toString('base64')}`,
        headers: (b, t = seconds()) => ({ 'webhook-id': 'msg_2', 'webhook-timestamp': t, 'webhook-signature': `v1,${mac(`msg_2.${t}.${b}`, { key: bytes, ...base64 })}` }),
        says: ['key: whsec', 'form: list', 'signature: v1', 'text: "{id}.{time}.{body}"', 'id: {header: webhook-id}'],
    },
    'pairs-seconds': { headers: (b, t = seconds()) => ({ 'X-Signature': `t=${t},v1=${mac(`${t}.${b}`)}` }), says: ['form: pairs', 'time: {pair: t, unit: s}'] },
    'pairs-milliseconds': { headers: (b, t = milliseconds()) => ({ 'X-DIXA-SIGNATURE': `t=${t},v1=${mac(`${t}.${b}`)}` }), says: ['unit: ms'] },
    'body-before-time': { headers: (b, t = seconds()) => ({ 'x-tidio-signature': `t=${t},s=${mac(`${b}_${t}`)}` }), says: ['text: "{body}_{time}"', 'signature: s'] },
    'method-and-url': { publicUrl: url, headers: (b, t = milliseconds()) => ({ 'X-Request-Timestamp': t, 'X-Signature-v3': mac(`POST${url}${b}${t}`, base64) }), says: ['text: "{method}{url}{body}{time}"'] },
    'iso-time': { headers: (b, t = iso()) => ({ 'X-Signature-Timestamp': t, 'X-Signature': mac(`${t}${b}`, base64) }), says: ['unit: iso8601', 'text: "{time}{body}"'] },
    versioned: { headers: (b, t = seconds()) => ({ 'X-Request-Timestamp': t, 'X-Signature': `v0=${mac(`v0:${t}:${b}`)}` }), says: ['text: "v0:{time}:{body}"', 'prefix: "v0="'] },
    'time-colon': { headers: (b, t = milliseconds()) => ({ 'X-Front-Request-Timestamp': t, 'X-Front-Signature': mac(`${t}:${b}`, base64) }), says: ['text: "{time}:{body}"'] },
    'signed-header': { headers: (b, t = seconds()) => ({ 'X-Time': t, 'X-Website': 'w7', 'X-Signature': `sha256=${mac(`${t}.w7.${b}`)}` }), says: ['text: "{time}.{header:X-Website}.{body}"'] },
    form: {
        publicUrl: url, body: 'Body=Hello+there&From=%2B4930&MessageSid=SM1', type: 'application/x-www-form-urlencoded',
        headers: (b) => ({ 'X-Twilio-Signature': mac(url + fields(b), { algorithm: 'sha1', ...base64 }) }), says: ['text: "{url}{form}"'],
    },
    stringified: { headers: (b) => ({ 'X-Signature': mac(JSON.stringify(JSON.parse(b))) }), says: ['body: [raw, stringified]'] },
    token: { headers: () => ({ 'X-Secret-Token': text }), says: ['kind: token', 'header: X-Secret-Token'] },
    'bearer-token': { headers: () => ({ Authorization: `Bearer ${text}` }), says: ['prefix: "Bearer "'] },
    'basic-token': { headers: () => ({ Authorization: `Basic ${Buffer.from(text).toString('base64')}` }), says: ['encoding: base64', 'prefix: "Basic "'] },
    'token-in-body': { body: `{"event":"ticket.created","auth":{"key":"${text}"}}`, headers: () => ({}), says: ['pointer: /auth/key'] },
    discord: { isPublic: true, secret: rawHex(ed25519), headers: (b, t = seconds()) => ({ 'X-Signature-Timestamp': t, 'X-Signature-Ed25519': sign(null, t + b, ed25519.privateKey).toString('hex') }), says: ['kind: public-key', 'algorithm: ed25519', 'key: raw-hex'] },
    'method-time-id': {
        secret: pem(ed25519), isPublic: true,
        headers: (b, t = iso()) => ({ 'X-Sent': t, 'X-Bot-Id': 'b1', 'X-Bot-Signature': `ed25519=${sign(null, `POST|${t}|b1|${b}`, ed25519.privateKey).toString('base64')}` }),
        says: ['text: "{method}|{time}|{id}|{body}"', 'key: pem'],
    },
    rsa: { isPublic: true, secret: pem(rsa), headers: (b) => ({ 'X-Signature': sign('sha256', b, rsa.privateKey).toString('base64') }), says: ['algorithm: rsa-pkcs1-sha256'] },
    ecdsa: { isPublic: true, secret: pem(p256), headers: (b, t = seconds()) => ({ 'X-Timestamp': t, 'X-Signature': sign('sha256', t + b, p256.privateKey).toString('base64') }), says: ['algorithm: ecdsa-p256-sha256'] },
};

const where = (daemon) => ['--config', daemon.configFile, '--admin', daemon.adminAddress];

const headerLines = (headers) => Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');

function learn(t, { secret = text, isPublic = false, publicUrl, type = 'application/json' }, headers, body, more = []) {
    const directory = temporaryDirectory(t);
    fs.writeFileSync(path.join(directory, 'headers'), headerLines({
        Host: 'hooks.example.com', 'User-Agent': 'desk/1.0', 'Content-Type': type, 'X-Forwarded-For': '192.0.2.1', ...headers }));
    fs.writeFileSync(path.join(directory, 'body'), body);
    const args = ['vendors', 'learn', isPublic ? '--public-key' : '--secret', 'env:S', '--headers', path.join(directory, 'headers'), path.join(directory, 'body'), ...more];
    const ran = chathookd([...args, ...(publicUrl ? ['--public-url', publicUrl] : [])], { env: { S: secret } });
    assert.ok(!(ran.out + ran.err).includes(secret.trim()), 'the secret is printed');
    return ran;
}

test('from one request and its secret comes a file that verifies the next request, and no forgery', async (t) => {
    const files = {};
    for (const [name, signer] of Object.entries(signers)) {
        const body = signer.body ?? lead;
        const { code, out, err } = learn(t, signer, signer.headers(body), body);
        assert.equal(code, 0, `${name}: ${err}`);
        for (const words of signer.says) assert.ok(out.includes(words), `${name}: ${words} is not in\n${out}`);
        assert.match(err, /verifies 1 of 1 request/, name);
        files[name] = out;
    }
    const daemon = await Daemon.start(t, (directory) => {
        fs.mkdirSync(path.join(directory, 'vendors'));
        for (const [name, out] of Object.entries(files)) fs.writeFileSync(path.join(directory, 'vendors', `my-${name}.yaml`), out);
        return {
            vendors_dir: path.join(directory, 'vendors'),
            sources: Object.fromEntries(Object.entries(signers).map(([name, { secret = text, publicUrl }]) => [name, {
                vendor: `my-${name}`, path: `/webhooks/${name}`, secret: { value: secret }, ...(publicUrl ? { public_url: publicUrl } : {}) }])),
        };
    });
    for (const [name, signer] of Object.entries(signers)) {
        const type = { 'Content-Type': signer.type ?? 'application/json' };
        const next = signer.body?.replace('ticket', 'tickets').replace('Hello', 'Bye') ?? lead.replace('e1', 'e2');
        const forged = next.replace(text, 'another secret').replace('e2', 'e3').replace('Bye', 'Aha');
        const send = (headers, body) => post(`${daemon.url}/webhooks/${name}`, { ...type, ...headers }, body);
        assert.equal((await send(signer.headers(next), next)).status, 200, name);
        const headers = signer.says.includes('kind: token') || name.includes('token')
            ? Object.fromEntries(Object.entries(signer.headers(forged)).map(([key, value]) => [key, `${value}x`])) : signer.headers(next);
        assert.equal((await send(headers, forged)).status, 401, name);
    }
    const events = await daemon.eventually(Object.keys(signers).length);
    const byJson = events.filter((event) => event.vendortype === 'lead.captured');
    assert.equal(byJson.length, Object.values(signers).filter((signer) => !signer.body).length);
    for (const event of byJson) {
        assert.equal(event.type, 'lead.created');
        assert.equal(event.data.contact.email, 'visitor@example.com');
        assert.equal(event.time, '2026-11-30T10:00:00Z');
    }
});

test('a signature that no vendor file can verify is named with its reason, and nothing is proposed', (t) => {
    const id = 'task_0123456789';
    const body = lead.replace('e1', id);
    const time = seconds();
    const cases = [
        [{ 'X-Time': time, 'X-Signature': mac(`${id}.${time}`, base64) }, /signs \/id and not the rest of the body/],
        [{ 'X-Time': time, 'X-Signature': mac(time) }, /does not sign the body/],
        [{ 'X-Signature': mac(body, { encoding: 'base64url' }) }, /base64url/],
        [{ 'X-Time': time, 'X-Signature': mac(`${time}.${createHash('sha256').update(body).digest('hex')}`) }, /SHA-256 of the body/],
        [{ 'X-Signature': createHash('sha256').update(text + body).digest('hex') }, /plain hash/],
        [{ Authorization: `Bearer ${Buffer.from('{"alg":"HS256"}').toString('base64url')}.e30.c2ln` }, /JSON Web Token/],
        [{ 'X-Signature': mac(body, { key: 'another secret of some length' }) }, /another secret/],
        [{ 'X-Id': 'abc', 'X-Signature': mac(`abc${body}`) }, /two parts side by side/],
        [{ 'X-Signature': mac(`${body}\n`) }, /line feed at its end/],
        [{ 'X-Signature': mac(body, { key: `${text}\n` }) }, /secret with a line feed at its end/],
        [{ 'X-Event': 'lead.new', 'X-Signature': mac(`lead.new.${body}`) }, /holds the separator/],
        [{ 'X-Signature': createHmac('sha384', text).update(body).digest('hex') }, /the size of SHA-384/],
        [{ 'X-Signature': `keyId="k",signature="${mac(body, base64)}"` }, /in a form that no vendor file can say/],
        [{ 'X-Other': 'short' }, /No header holds anything as long as a signature/],
    ];
    for (const [headers, words] of cases) {
        const { code, err } = learn(t, {}, headers, body);
        assert.match(err, words);
        assert.equal(code, 65, err);
        assert.doesNotMatch(err, /It was|move it into vendors_dir/);
    }
});

test('a public key is never taken for a secret, so that nobody who knows it can have a forgery learnt', (t) => {
    for (const [key, options] of [[rawHex(ed25519), { isPublic: true }], [pem(ed25519), {}]]) {
        const forged = { 'X-Signature': mac(lead, { key }), 'X-Token': key.replaceAll('\n', '') };
        const { code, out } = learn(t, { secret: key, ...options }, forged, lead);
        assert.equal(code, 65);
        assert.equal(out, '');
        const { err } = learn(t, { secret: key, ...options }, { 'x-lynn-hmac-sha256': mac(lead, { key }) }, lead);
        assert.doesNotMatch(err, /signed as the vendor/);
    }
});

test('two headers with equal values give two proposals, told apart by their headers', async (t) => {
    const time = seconds();
    const ran = learn(t, {}, { 'X-Time': time, 'X-Sent': time, 'X-Signature': mac(`${time}.${lead}`) }, lead, ['--json']);
    const { proposals } = JSON.parse(ran.out);
    assert.deepEqual(proposals.map(({ file }) => /header: (X-Time|X-Sent)/.exec(file)[1]).sort(), ['X-Sent', 'X-Time']);
});

test('a vendor that is shipped is named, for it needs no file', (t) => {
    const { err } = learn(t, {}, { 'X-Front-Signature': mac(JSON.stringify(JSON.parse(lead)), { algorithm: 'sha1', ...base64 }) }, lead);
    assert.match(err, /signed as the vendor front-rule signs.*vendor: front-rule/);
});

test('what was refused at a source becomes a vendor file, and then is taken again', async (t) => {
    const daemon = await Daemon.start(t, (directory) => {
        fs.mkdirSync(path.join(directory, 'vendors'));
        return {
            vendors_dir: path.join(directory, 'vendors'),
            sources: { desk: { path: '/webhooks/desk', verify: { header: 'X-Unknown' }, secret: { value: text }, keep_rejected: true } },
        };
    });
    const send = (body, key = text, time = seconds()) => post(`${daemon.url}/webhooks/desk`,
        { 'X-Desk-Time': time, 'X-Desk-Signature': mac(`${time}.${body}`, { key }) }, body);
    const bodies = [
        lead,
        '{"event":"chat.escalated","id":"e2","chat":{"id":17},"reason":"angry","visitor":{"phone":"+49 30 1234"}}',
        '{"event":"booking.cancelled","id":"e3","booking":{"id":"b1","start":"2026-12-01T09:00:00Z"}}',
    ];
    for (const body of bodies) assert.equal((await send(body)).status, 401);
    assert.equal((await send(lead, 'the secret of a forger')).status, 401);
    const listed = async () => JSON.parse((await daemon.admin('/api/v1/rejections')).body).rejections;
    await until('all are remembered', async () => (await listed()).length === 4);

    const file = path.join(daemon.directory, 'vendors', 'mydesk.yaml');
    const options = ['vendors', 'learn', ...where(daemon), '--source', 'desk'];
    const ran = chathookd([...options, '--output', file]);
    assert.equal(ran.code, 0, ran.err);
    assert.match(ran.err, /verifies 3 of 4 requests/);
    assert.match(ran.err, /refused request \d+: wrong_signature/);
    assert.match(fs.readFileSync(file, 'utf8'), /^# Learned from refused request 3 of the source desk\./);
    assert.equal(chathookd([...options, '--output', file]).code, 65);
    assert.equal(chathookd(['vendors', 'test', file]).code, 0);
    assert.match(chathookd([...options, '--rejection', '1']).err, /refused request 1: verified, lead\.created/);
    assert.match(chathookd(['vendors', 'learn', ...where(daemon), '--source', 'dsk']).err, /no source 'dsk'/);

    const { verify, ...source } = daemon.config.sources.desk;
    daemon.configure({ ...daemon.config, sources: { desk: { ...source, vendor: 'mydesk' } } });
    daemon.signal('SIGHUP');
    await until('the reload', () => daemon.logs.some((line) => line.event === 'reloaded'));
    const again = chathookd(['rejections', 'retry', ...where(daemon), '--source', 'desk', '--yes']);
    assert.match(again.out + again.err, /3 accepted/);
    const events = await daemon.eventually(3);
    assert.deepEqual(events.map((event) => event.type).sort(), ['appointment.canceled', 'handover.requested', 'lead.created']);
    const handover = events.find((event) => event.type === 'handover.requested').data;
    assert.equal(handover.contact.phone, '+49 30 1234');
    assert.equal(handover.handover.message, 'angry');
    assert.equal(handover.conversation.id, '17');
});

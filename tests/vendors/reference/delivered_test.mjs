// The real daemon with a source for every vendor of the catalog: its samples, signed in Python by people who did not read the vendor
// files, arrive as events that an independent reader of the files makes of them, too; published vectors are answered as they say.
// $CHATHOOKD is the binary, $VENDOR_PACKAGES is where npm put `yaml`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { chathookd, configuration, Daemon, temporaryDirectory } from '../../flow/support/daemon.mjs';
import { post } from '../../flow/support/http.mjs';
import { vendors as firstFive } from '../../flow/support/vendors.mjs';
import { until } from '../../flow/support/wait.mjs';
import { handshake, map, readFile, verify } from './vendor_file.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const directory = here('../../../src/vendors/files');
const publicUrl = 'https://hooks.example.com/hook';

const listed = JSON.parse(chathookd(['vendors', '--json']).out).map(({ vendor }) => vendor);
const files = Object.fromEntries(listed.map((name) => [name,
    readFile(name, fs.readFileSync(path.join(directory, `${name}.yaml`), 'utf8')).file]));
// The first five have a signer of their own, in tests/flow.
const signable = listed.filter((name) => !(name in firstFive));
const samples = JSON.parse(chathookd(['samples', '--json']).out).filter(({ vendor }) => signable.includes(vendor));

const pem = (type, options) => {
    const { privateKey, publicKey } = crypto.generateKeyPairSync(type, options);
    return {
        signer: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        source: publicKey.export({ type: 'spki', format: 'pem' }),
    };
};

// What the signer signs with, and what the source has.
function secretsOf(name) {
    const { verify: how } = files[name];
    const text = 'a secret of some length';
    const encoded = Buffer.from(text).toString('base64');
    if (how.algorithm === 'rsa-pkcs1-sha256') return pem('rsa', { modulusLength: 2048 });
    if (how.algorithm === 'ecdsa-p256-sha256') {
        const { signer, source } = pem('ec', { namedCurve: 'P-256' });
        return { signer, source: how.key === 'pem' ? source : source.replace(/-----.*-----|\n/g, '') };
    }
    if (how.algorithm === 'ed25519') {
        const seed = crypto.randomBytes(32);
        const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
        const key = crypto.createPublicKey(crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
        return { signer: seed.toString('hex'), source: key.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex') };
    }
    const source = { whsec: `whsec_${encoded}`, base64: encoded, hex: Buffer.from(text).toString('hex') }[how.key] ?? text;
    return { signer: source, source };
}

// [{vendor, secret, body}] -> [{headers, body}], all in one process.
function signedInPython(requests) {
    const script = `
import json, sys, time
import sign
print(json.dumps([sign.sign(one["vendor"], sign.Request(one["secret"], one["body"].encode(), time.time(), one["id"], one["url"]))
                  for one in json.load(sys.stdin)]))`;
    const input = JSON.stringify(requests.map((one, index) => ({ ...one, id: `msg_${index}`, url: publicUrl })));
    const done = spawnSync('python3', ['-B', '-c', script], { cwd: here('../signers'), input, encoding: 'utf8', maxBuffer: 1 << 26 });
    assert.equal(done.status, 0, done.stderr);
    return JSON.parse(done.stdout).map(({ headers, body }, index) => ({ headers, body: body ?? requests[index].body }));
}

const sourceOf = (name, secret, url = publicUrl) => ({
    vendor: name,
    path: `/webhooks/${name}`,
    secret: { value: secret },
    keep_rejected: true,
    ...(files[name].verify.text?.includes('{url}') ? { public_url: url } : {}),
});

// What the daemon's event says, as the independent reader puts it.
function said(event) {
    const { original, original_base64, original_changed, request, ...data } = event.data;
    return { type: event.type, vendortype: event.vendortype, subject: event.subject, data };
}

test('samples of every vendor, signed by others, become the events that an independent reader makes of them', async (t) => {
    const secrets = Object.fromEntries(signable.map((name) => [name, secretsOf(name)]));
    const daemon = await Daemon.start(t, {
        sources: Object.fromEntries(signable.map((name) => [name, sourceOf(name, secrets[name].source)])),
    });
    const expected = [];
    const seen = new Set();
    const signed = signedInPython(samples.map(({ vendor, body }) => ({ vendor, secret: secrets[vendor].signer, body })));
    for (const [index, { vendor, name }] of samples.entries()) {
        const { headers, body } = signed[index];
        const answer = await post(`${daemon.url}/webhooks/${vendor}`, headers, body);
        assert.equal(Math.floor(answer.status / 100), 2, `${vendor}, ${name}: ${answer.status} ${answer.body}`);
        const request = { method: 'POST', headers, body: Buffer.from(body) };
        const verified = verify(files[vendor], request, { secrets: [secrets[vendor].source], publicUrl }, new Date());
        assert.ok(verified.accepted, `${vendor}, ${name}: ${verified.reason}`);
        const masked = body.replaceAll(secrets[vendor].source, (found) => '*'.repeat(found.length));
        const token = files[vendor].verify.pointer !== undefined;
        if (handshake(files[vendor], request, {}, verified) !== undefined) continue;
        for (const { type, vendortype, subject, data, identity } of map(files[vendor],
            token ? { ...verified, body: Buffer.from(masked) } : verified, request)) {
            const key = JSON.stringify([vendor, identity]);
            if (seen.has(key)) continue; // two samples tell of one event
            seen.add(key);
            expected.push({ vendor, name, event: JSON.parse(JSON.stringify({ type, vendortype, subject, data })) });
        }
    }
    const events = await daemon.eventually(expected.length);
    assert.equal(events.length, expected.length);
    events.forEach((event, index) => {
        const { vendor, name, event: wanted } = expected[index];
        const found = JSON.parse(JSON.stringify({ vendor: event.vendor, ...said(event) }));
        assert.deepEqual(found, { vendor, ...wanted }, `${vendor}, ${name}`);
    });
});

// A vector with a date would be out of time here; `vendors test` below tries those.
test('the published vectors without a date are answered by the daemon as they say', async (t) => {
    const published = listed.flatMap((name) => (files[name].vectors ?? []).filter((vector) => vector.at === undefined)
        .map((vector, index) => ({ name, source: `${name}-${index}`, vector })))
        .filter(({ vector }) => vector.secret.length >= 1);
    const sourcesOf = (chosen) => Object.fromEntries(chosen.map(({ name, source, vector }) => [source,
        { ...sourceOf(name, vector.secret, vector.public_url), path: `/webhooks/${source}` }]));
    // Some use a word as their secret that anybody would guess, which the configuration refuses.
    const configFile = path.join(temporaryDirectory(t), 'chathook.yaml');
    fs.writeFileSync(configFile, JSON.stringify(configuration(path.dirname(configFile), { sources: sourcesOf(published) })));
    const { problems } = JSON.parse(chathookd(['check', '--config', configFile, '--json']).out);
    const refused = new Set(problems.filter(({ severity }) => severity === 'error').map(({ key }) => key.split('.')[1]));
    const vectors = published.filter(({ source }) => !refused.has(source));
    assert.ok(vectors.length > 20, `${vectors.length} of ${published.length}`);
    const daemon = await Daemon.start(t, { sources: sourcesOf(vectors) });
    for (const { name, source, vector } of vectors) {
        const answer = await post(`${daemon.url}/webhooks/${source}`, vector.headers ?? {}, vector.body);
        const accepted = Math.floor(answer.status / 100) === 2;
        assert.equal(accepted, vector.accepted ?? true, `${name}: ${vector.from}: ${answer.status} ${answer.body}`);
    }
    const asks = ({ name, vector }) => handshake(files[name],
        { method: vector.method ?? 'POST', headers: vector.headers ?? {}, body: Buffer.from(vector.body) }, {}, {}) !== undefined;
    const expected = vectors.filter((one) => (one.vector.accepted ?? true) && !asks(one)).map(({ source }) => source).sort();
    await until('the accepted ones to be events', () =>
        JSON.stringify([...new Set(daemon.events.map(({ sourcename }) => sourcename))].sort()) === JSON.stringify(expected));
});

for (const name of listed) {
    test(`chathookd vendors test finds ${name} as its file says`, () => {
        const { code, out, err } = chathookd(['vendors', 'test', path.join(directory, `${name}.yaml`), '--json']);
        const { passed, problems, outcomes } = JSON.parse(out);
        assert.deepEqual(problems.filter(({ severity }) => severity === 'error'), [], err);
        assert.deepEqual(outcomes.filter((outcome) => !outcome.passed), []);
        assert.ok(passed);
        assert.equal(code, 0);
    });
}

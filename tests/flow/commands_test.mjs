// The commands that need no daemon, and send, which needs one.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { chathookd, configuration, Daemon, temporaryDirectory } from './support/daemon.mjs';
import { allSamples, sampleBody } from './support/samples.mjs';
import { hmac, vendors } from './support/vendors.mjs';

function written(t, text) {
    const file = path.join(temporaryDirectory(t), 'chathook.yaml');
    fs.writeFileSync(file, text);
    return file;
}

test('check reports that a valid configuration is valid', (t) => {
    const directory = temporaryDirectory(t);
    const file = path.join(directory, 'chathook.yaml');
    fs.writeFileSync(file, JSON.stringify(configuration(directory)));
    const { code, out, err } = chathookd(['check', '--config', file]);
    assert.equal(code, 0, err);
    assert.match(out, /valid/);
});

test('check reports all mistakes at once, each with its line and key, and ends with 78', (t) => {
    const lines = {
        'server.threads': 3,
        'server.limits.bodi': 5,
        'sources.lynn.vendor': 11,
        'sources.lynn.secret': 13,
        'sources.other.path': 16,
        'sinks.events': 20,
        routes: 22,
    };
    const file = written(
        t,
        `server:
  listen: ["127.0.0.1:0"]
  threads: many
  limits:
    bodi: 1MiB
admin: {listen: "127.0.0.1:0"}
journal:
  path: journal
sources:
  lynn:
    vendor: lyn
    path: /webhooks/one
    secret: {value: ""}
  other:
    vendor: chatbase
    path: /webhooks/one
    secret: {value: chatbase-secret-key-8e24}
sinks:
  events:
    type: fil
routes:
  - {to: [nowhere]}
`,
    );
    const { code, out, err } = chathookd(['check', '--config', file]);
    assert.equal(code, 78);
    const problems = (out + err).split('\n').filter((line) => line.startsWith(`${file}:`));
    for (const [key, line] of Object.entries(lines)) {
        const found = problems.some((problem) => problem.startsWith(`${file}:${line}: ${key}`));
        assert.ok(found, `${key} in line ${line}; found:\n${problems.join('\n')}`);
    }
});

test('check --json reports the same to a program', (t) => {
    const file = written(t, 'server: {listen: ["127.0.0.1:0"], speed: high}\n');
    const { code, out } = chathookd(['check', '--config', file, '--json']);
    assert.equal(code, 78);
    const answer = JSON.parse(out);
    assert.equal(answer.valid, false);
    assert.ok(answer.problems.some((problem) => problem.key === 'server.speed' && problem.line === 1));
});

test('check of a file that is missing or not YAML says so and ends with 78', (t) => {
    assert.equal(chathookd(['check', '--config', '/nowhere/chathook.yaml']).code, 78);
    const { code, err } = chathookd(['check', '--config', written(t, 'server: [unclosed\n')]);
    assert.equal(code, 78);
    assert.match(err, /chathook\.yaml:\d+/);
});

test('an unknown argument ends with 64; --help ends with 0 for every command', () => {
    assert.equal(chathookd([]).code, 64);
    assert.equal(chathookd(['frobnicate']).code, 64);
    assert.equal(chathookd(['check']).code, 64);
    assert.equal(chathookd(['sign', '--vendor', 'nobody', '--secret', 'env:X']).code, 64);
    const commands = ['serve', 'check', 'vendors', 'samples', 'sign', 'send', 'explain', 'tail', 'version'];
    for (const command of commands) {
        const { code, out } = chathookd([command, '--help']);
        assert.equal(code, 0, command);
        assert.match(out, /--help/, command);
    }
});

test('vendors lists each of the first five with header and algorithm', () => {
    const { code, out } = chathookd(['vendors', '--json']);
    assert.equal(code, 0);
    const listed = JSON.parse(out).filter(({ vendor }) => vendor in vendors);
    assert.deepEqual(listed.map(({ vendor }) => vendor).sort(), Object.keys(vendors).sort());
    for (const { vendor, header, algorithm } of listed) {
        assert.equal(header.toLowerCase(), vendors[vendor].header);
        assert.equal(algorithm, vendor === 'chatbase' ? 'HMAC-SHA1' : 'HMAC-SHA256');
    }
});

test('version prints the promise', () => {
    const { code, out } = chathookd(['version']);
    assert.equal(code, 0);
    assert.match(out, /^chathookd \d+\.\d+\.\d+/);
    assert.match(out, /A request answered 2xx is fsynced/);
    assert.match(JSON.parse(chathookd(['version', '--json']).out).version, /^\d+\.\d+\.\d+/);
});

test("sign prints the header that the vendor's own sample code expects", (t) => {
    const directory = temporaryDirectory(t);
    for (const { vendor, name, body } of allSamples()) {
        const file = path.join(directory, 'body.json');
        fs.writeFileSync(file, body);
        const { secret, header } = vendors[vendor];
        const args = [
            'sign',
            '--vendor',
            vendor,
            '--secret',
            'env:THE_SECRET',
            '--timestamp',
            '1492774577',
            file,
        ];
        const { code, out, err } = chathookd(args, { env: { THE_SECRET: secret } });
        assert.equal(code, 0, err);
        const lines = out
            .trim()
            .split('\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
        const signature = lines.find(([key]) => key.toLowerCase() === header)[1];
        const raw = {
            lynn: hmac('sha256', secret, body),
            chatbase: hmac('sha1', secret, body),
            newoaks: `t=1492774577,v1=${hmac('sha256', secret, `1492774577.${body}`)}`,
            knowrithm: `sha256=${hmac('sha256', secret, body)}`,
            wonderchat: hmac('sha256', secret, body),
        };
        const [stringified] = Object.values(vendors[vendor].sign(body, secret, '1492774577'));
        assert.ok([raw[vendor], stringified].includes(signature), `${vendor} ${name}: ${signature}`);
    }
});

test('sign reads the secret from a file without its last line feed, and prints a curl command', (t) => {
    const directory = temporaryDirectory(t);
    const secret = path.join(directory, 'secret');
    fs.writeFileSync(secret, `${vendors.lynn.secret}\n`, { mode: 0o600 });
    const body = sampleBody('lynn', 'handover');
    const url = 'http://127.0.0.1:1/webhooks/lynn';
    const args = ['sign', '--vendor', 'lynn', '--secret', `file:${secret}`];
    const plain = chathookd(args, { input: body });
    assert.match(plain.out, new RegExp(hmac('sha256', vendors.lynn.secret, body)));
    const curl = chathookd([...args, '--curl', url], { input: body });
    assert.match(curl.out, /^curl .*x-lynn-hmac-sha256/i);
    assert.ok(curl.out.includes(url));
});

test('a missing secret is a usage error, and no secret is ever printed', () => {
    const args = ['sign', '--vendor', 'lynn', '--secret'];
    const missing = chathookd([...args, 'env:NOT_SET_ANYWHERE'], { input: '{}' });
    assert.equal(missing.code, 64);
    assert.match(missing.err, /NOT_SET_ANYWHERE/);
    const literal = chathookd([...args, 'a-literal-secret-by-mistake'], { input: '{}' });
    assert.equal(literal.code, 64);
    assert.doesNotMatch(literal.err + literal.out, /a-literal-secret-by-mistake/);
});

test('send is accepted by a daemon that knows the secret; every forgery is refused', async (t) => {
    const daemon = await Daemon.start(t);
    const samples = allSamples();
    for (const { vendor, name } of samples) {
        const args = [
            'send',
            '--vendor',
            vendor,
            '--secret',
            'env:S',
            '--url',
            `${daemon.url}/webhooks/${vendor}`,
        ];
        const env = { S: vendors[vendor].secret };
        const sent = chathookd([...args, '--sample', name], { env });
        assert.equal(sent.code, 0, `${vendor} ${name}: ${sent.out}${sent.err}`);
        assert.match(sent.out, /200/);
        const kinds = ['secret', 'prefix', 'body', 'missing', ...(vendor === 'newoaks' ? ['stale'] : [])];
        for (const kind of kinds) {
            const forged = chathookd([...args, '--sample', name, '--forge', kind], { env });
            assert.equal(forged.code, 0, `${vendor} ${kind}: ${forged.out}${forged.err}`);
            assert.match(forged.out, new RegExp(vendors[vendor].refusedStatus));
        }
    }
    assert.equal((await daemon.eventually(samples.length)).length, samples.length);
});

test('send to anything but the URL of a webhook is a usage error that shows the form', () => {
    const args = ['send', '--vendor', 'lynn', '--secret', 'env:S', '--sample', 'handover', '--url'];
    for (const url of ['not a url', 'ftp://127.0.0.1/x', 'http://', 'http://127.0.0.1:99999/x']) {
        const { code, err } = chathookd([...args, url], { env: { S: vendors.lynn.secret } });
        assert.equal(code, 64);
        assert.match(err, /--url: '.*' is not the URL of a webhook; write http:\/\/HOST:PORT\/PATH/);
    }
});

test('send without a listener ends with 69; a genuine webhook that is refused ends with 65', async (t) => {
    const args = ['send', '--vendor', 'lynn', '--secret', 'env:S', '--sample', 'handover', '--url'];
    const nobody = chathookd([...args, 'http://127.0.0.1:1/webhooks/lynn'], {
        env: { S: vendors.lynn.secret },
    });
    assert.equal(nobody.code, 69);
    const daemon = await Daemon.start(t);
    const wrong = chathookd([...args, `${daemon.url}/webhooks/lynn`], {
        env: { S: 'not-the-secret-of-lynn' },
    });
    assert.equal(wrong.code, 65);
    assert.match(wrong.out, /401/);
    const elsewhere = chathookd([...args, `${daemon.url}/nobody`, '--forge', 'secret'], {
        env: { S: vendors.lynn.secret },
    });
    assert.equal(elsewhere.code, 69, elsewhere.err);
    assert.match(elsewhere.err, /HTTP 404 does not say that the signature was verified/);
});

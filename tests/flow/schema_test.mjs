// The output of chathookd schema, applied by ajv: every configuration that the program accepts is valid by
// the schema.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { chathookd, configuration, repository, temporaryDirectory } from './support/daemon.mjs';

const oracle = fileURLToPath(new URL('support/json_schema.cjs', import.meta.url));

function schema() {
    const { code, out, err } = chathookd(['schema']);
    assert.equal(code, 0, err);
    return JSON.parse(out);
}

// For each text, the errors that ajv finds.
function complaints(documents) {
    const done = spawnSync(process.execPath, [oracle], {
        input: JSON.stringify({ schema: schema(), documents }),
        env: { ...process.env, NODE_PATH: '/usr/share/nodejs' },
        encoding: 'utf8',
    });
    if (done.error) throw done.error;
    assert.equal(done.status, 0, done.stderr);
    return JSON.parse(done.stdout);
}

const shipped = (name) => fs.readFileSync(path.join(repository, name), 'utf8');

test('the shipped examples are valid, also with their commented-out options enabled', () => {
    const example = shipped('config/chathook.example.yaml');
    const switchedOn = example.replaceAll(/#:(?!")/g, '');
    assert.match(switchedOn, /^ {2}tls:$/m);
    const texts = [example, switchedOn, shipped('config/demo.yaml')];
    assert.deepEqual(complaints(texts), [[], [], []]);
});

test('every configuration printed in the manual is valid', () => {
    const pages = ['README.md', 'docs/configuration.md', 'docs/deployment.md'];
    const blocks = pages.flatMap((page) =>
        [...shipped(page).matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text]) => text),
    );
    const whole = blocks.filter((text) => /^routes:/m.test(text));
    assert.ok(whole.length >= 2);
    assert.deepEqual(
        complaints(whole),
        whole.map(() => []),
    );
});

// A valid configuration with one change.
function changed(t, change) {
    const config = configuration(temporaryDirectory(t));
    config.sources.lynn.secret = { value: 'a-secret-of-twenty-bytes' };
    config.sinks.web = { type: 'http', url: 'https://receiver.example/hook' };
    config.routes.push({ match: { type: 'lead.*' }, to: 'web' });
    change(config);
    return JSON.stringify(config);
}

const sound = {
    'nothing at all': () => {},
    'a size without a unit': (c) => (c.server.limits.body = 4096),
    'a duration in days': (c) => (c.journal.retain_dead = '2d'),
    'whole seconds in milliseconds': (c) => (c.journal.retain_dead = '2000ms'),
    'one address without brackets': (c) => (c.server.listen = '127.0.0.1:0'),
    'a secret as a plain text': (c) => (c.sources.lynn.secret = 'a-secret-of-twenty-bytes'),
    'a secret that looks like a number': (c) => (c.sources.lynn.secret = 12345678901234),
    'several secrets': (c) => {
        delete c.sources.lynn.secret;
        c.sources.lynn.secrets = [{ value: 'new-secret-of-the-vendor' }, { value: 'old-secret-of-the-vendor', not_after: '2099-12-31' }];
    },
    'headers of every form': (c) => (c.sinks.web.headers = { 'X-Text': 'a', 'X-Number': 1, Authorization: { value: 'b' } }),
    'a nested option': (c) => (c.sinks.events.rotate = { size: '1MiB', keep: 3 }),
};

const wrong = {
    'an unknown section': (c) => (c.servers = {}),
    'an unknown limit': (c) => (c.server.limits.bodi = '1MiB'),
    'an unknown key of a source': (c) => (c.sources.lynn.colour = 'red'),
    "another kind's option": (c) => (c.sinks.events.url = 'https://receiver.example'),
    'an unknown nested option': (c) => (c.sinks.events.rotate = { bytes: '1MiB' }),
    'an unknown key of a route': (c) => (c.routes[0].from = 'lynn'),
    'a word for a number': (c) => (c.server.threads = 'many'),
    'a number in quotes': (c) => (c.server.threads = '2'),
    'a number out of range': (c) => (c.server.limits.headers = 7),
    'a truth value in quotes': (c) => (c.server.proxy_protocol = 'true'),
    'a size with a wrong unit': (c) => (c.server.limits.body = '1MB'),
    'a size that is too large': (c) => (c.server.limits.body = 1e9),
    'a duration without a unit': (c) => (c.server.limits.idle_timeout = 75),
    'a duration of two parts': (c) => (c.server.limits.idle_timeout = '1m15s'),
    'half a second where whole ones are asked': (c) => (c.journal.retain_dead = '1500ms'),
    'a word that is no choice': (c) => (c.log.level = 'loud'),
    'a vendor that nobody knows': (c) => (c.sources.lynn.vendor = 'lyn'),
    'a kind of sink that nobody knows': (c) => (c.sinks.events.type = 'fil'),
    'a sink without a kind': (c) => delete c.sinks.events.type,
    'a file sink without a path': (c) => delete c.sinks.events.path,
    'a source without a path': (c) => delete c.sources.lynn.path,
    'a source without a secret': (c) => delete c.sources.lynn.secret,
    'both secret and secrets': (c) => (c.sources.lynn.secrets = [{ value: 'a-secret-of-twenty-bytes' }]),
    'a secret from two places': (c) => (c.sources.lynn.secret = { value: 'a-secret-of-twenty-bytes', env: 'HOME' }),
    'a secret from nowhere': (c) => (c.sources.lynn.secret = {}),
    'an empty secret': (c) => (c.sources.lynn.secret = { value: '' }),
    'a date that is none': (c) => (c.sources.lynn.secret.not_after = 'tomorrow'),
    'a not_after where nothing expires': (c) => (c.admin.token = { value: 'a-token-of-many-bytes', not_after: '2099-12-31' }),
    'a name in capitals': (c) => (c.sources.Lynn = c.sources.lynn),
    'a header that is no name': (c) => (c.sinks.web.headers = { 'a b': 'c' }),
    'no routes': (c) => delete c.routes,
    'a route to nowhere': (c) => delete c.routes[0].to,
    'a mapping in place of a list': (c) => (c.routes = { to: 'events' }),
    'a list in place of a mapping': (c) => (c.sinks = []),
    'nothing under a section': (c) => (c.server = null),
};

test('the schema and check agree on what is valid', (t) => {
    const texts = Object.values(sound).map((change) => changed(t, change));
    const found = complaints(texts);
    for (const [index, name] of Object.keys(sound).entries()) {
        assert.deepEqual(found[index], [], name);
        assert.equal(check(t, texts[index]), 0, name);
    }
});

test('every configuration that the schema rejects is rejected by check, too', (t) => {
    const texts = Object.values(wrong).map((change) => changed(t, change));
    const found = complaints(texts);
    for (const [index, name] of Object.keys(wrong).entries()) {
        assert.notDeepEqual(found[index], [], name);
        assert.equal(check(t, texts[index]), 78, name);
    }
});

function check(t, text) {
    const file = path.join(temporaryDirectory(t), 'chathook.yaml');
    fs.writeFileSync(file, text);
    return chathookd(['check', '--config', file]).code;
}

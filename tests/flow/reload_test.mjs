// SIGHUP with every shipped configuration, unchanged and changed in each of its keys. The keys come from the
// program's own schema, so a new key is covered automatically: its change is either applied or named as
// needing a restart, and the daemon continues either way.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import test from 'node:test';

import { chathookd, configuration, Daemon, repository, temporaryDirectory } from './support/daemon.mjs';
import { post } from './support/http.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody, signed } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

// Debian's node-js-yaml, which is not on Node's own search path.
const yaml = createRequire(import.meta.url)('/usr/share/nodejs/js-yaml');
const shipped = [
    'config/chathook.example.yaml',
    'config/demo.yaml',
    ...fs.readdirSync(path.join(repository, 'config/examples')).map((name) => `config/examples/${name}`),
];

const isMapping = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

// A shipped file adapted to run here: literal secrets, and files and addresses of the test.
function runnable(file, directory) {
    const config = yaml.load(fs.readFileSync(path.join(repository, file), 'utf8'));
    let count = 0;
    const written = (value) => (isMapping(value) ? { value: `a-secret-of-this-test-${++count}` } : value);
    for (const source of Object.values(config.sources)) {
        if (source.secret) source.secret = written(source.secret);
        if (source.secrets) source.secrets = source.secrets.map(written);
    }
    for (const [name, sink] of Object.entries(config.sinks)) {
        if (sink.type === 'file') sink.path = path.join(directory, `${name}.jsonl`);
        for (const key of Object.keys(sink.headers ?? {})) sink.headers[key] = written(sink.headers[key]);
        for (const key of Object.keys(sink.sign ?? {})) sink.sign[key] = written(sink.sign[key]);
    }
    const usual = configuration(directory);
    config.server = { ...config.server, listen: usual.server.listen };
    config.admin = usual.admin;
    config.journal = { ...config.journal, ...usual.journal };
    config.log = usual.log;
    return config;
}

async function start(t, config, directory) {
    const daemon = new Daemon(directory, config);
    undo(t, () => daemon.end());
    await daemon.run();
    return daemon;
}

// Sends SIGHUP and waits for the outcome: nothing if the reload was applied, otherwise the keys that were
// named.
async function reload(daemon, config) {
    const seen = daemon.logs.length;
    daemon.configure(config);
    daemon.signal('SIGHUP');
    const outcome = await until('the outcome of the reload', () => {
        assert.equal(daemon.exited, undefined, `the daemon goes on; it printed ${daemon.lines.slice(-3)}`);
        const lines = daemon.logs.slice(seen).filter((line) => /^reload(ed|[ _]refused)$/.test(line.event));
        return lines.length > 0 && lines;
    });
    if (outcome[0].event === 'reloaded') return undefined;
    // The lines of one refusal are written together.
    return daemon.logs.slice(seen).filter((line) => /refused$/.test(line.event)).map((line) => line.key ?? line.reason);
}

for (const file of shipped) {
    test(`a reload of ${file} without a change is applied`, async (t) => {
        const directory = temporaryDirectory(t);
        const config = runnable(file, directory);
        const daemon = await start(t, config, directory);
        assert.equal(await reload(daemon, config), undefined);
        assert.equal(await reload(daemon, config), undefined, 'and once more');
    });
}

// ---- every key of the schema ----

const resolve = (schema, node) => {
    const reference = node.$ref ?? node.allOf?.[0]?.$ref;
    return reference ? { ...schema.definitions[reference.split('/').at(-1)], reference: reference.split('/').at(-1) } : node;
};

// A valid value for the key other than `value`, derived from its schema; undefined if none is known.
function another(node, value, at) {
    if (at in byHand) return byHand[at];
    if (node.reference === 'secret' || node.reference === 'dated_secret') return { value: 'another-secret-of-this-test' };
    if (node.enum) return node.enum.find((word) => word !== (value ?? node.default));
    if (node.type === 'boolean') return !(value ?? node.default ?? false);
    if (node.type === 'integer') {
        const now = value ?? node.default ?? node.minimum;
        return now + 1 <= (node.maximum ?? Infinity) ? now + 1 : now - 1;
    }
    const pattern = node.pattern ?? node.anyOf?.find((form) => form.pattern)?.pattern ?? '';
    if (pattern.includes('KiB')) {
        const bytes = node.anyOf.find((form) => form.type === 'integer');
        return bytes.maximum < 3 * 2 ** 20 ? bytes.minimum : Math.max(bytes.minimum, 3 * 2 ** 20);
    }
    if (/\[smhd\]|ms\|s/.test(pattern)) return value === '77s' ? '78s' : '77s';
    return undefined;
}

// Values that cannot be changed validly from the schema alone: addresses, paths, names that refer to others.
const byHand = {
    'server.listen': ['127.0.0.2:0'],
    'server.trusted_proxies': ['10.1.0.0/16'],
    'admin.listen': '127.0.0.2:0',
    'journal.path': 'another-journal',
    'sources.lynn.vendor': 'chatbase',
    'sources.lynn.path': '/webhooks/moved',
    'sources.lynn.map': { event: '/kind' },
    'sources.lynn.expect': { '/account': 'a1' },
    'sources.lynn.public_url': 'https://hooks.example.com/webhooks/lynn',
    'sources.newoaks.timestamp_tolerance': '7m',
    vendors_dir: '/etc/ssl',
    'sinks.events.path': 'moved.jsonl',
    'sinks.web.url': 'http://127.0.0.1:9/moved',
    'sinks.web.headers': { 'X-New': 'value' },
    'sinks.web.tls.ca': '/etc/ssl/certs/ca-certificates.crt',
    'sinks.shaped.template': { id: '{{type}}' },
    'server.limits.inflight_bytes': '48MiB',
    'server.limits.drain_timeout': '2s',
    'sinks.web.payload': 'original',
    routes: [{ to: ['events', 'console', 'web', 'shaped'] }, { match: { type: 'lead.*' }, to: ['events'] }],
};

// Keys that are covered through others, or meaningless alone, each with the reason.
const left = {
    'server.tls': 'its own test below',
    'sources.lynn.secrets': 'stands in place of secret',
    'sources.lynn.verify': 'stands in place of vendor; own_vendors_test has it',
    'sources.lynn.identity': 'stands beside verify',
    'sources.lynn.handshake': 'stands beside verify',
    'sources.lynn.answer': 'stands beside verify',
    'sinks.web.template': 'sinks.shaped has it',
    'sources.lynn.timestamp_tolerance': 'without effect for lynn; sources.newoaks has it',
};

// A configuration with a sink of each kind, so that the keys of all kinds are covered.
function oneOfEach(directory) {
    const config = configuration(directory);
    const retry = () => ({ initial: '1s', max: '2m' });
    config.server.trusted_proxies = ['127.0.0.0/8']; // required by proxy_protocol
    Object.assign(config.sinks, {
        console: { type: 'stdout' },
        web: { type: 'http', url: 'http://127.0.0.1:9/hook', allow_private: true, retry: retry() },
        shaped: {
            type: 'http', url: 'http://127.0.0.1:9/shaped', allow_private: true, retry: retry(), payload: 'template', template: { id: '{{id}}' },
        },
    });
    config.routes = [{ to: ['events', 'console', 'web', 'shaped'] }];
    return config;
}

const get = (config, keys) => keys.reduce((value, key) => value?.[key], config);

function set(config, keys, value) {
    const last = keys.at(-1);
    const around = keys.slice(0, -1).reduce((value, key) => (value[key] ??= {}), config);
    around[last] = value;
    return config;
}

// [keys, schema] of every leaf below `node`, for this configuration.
function* leaves(schema, node, config, keys = []) {
    const resolved = resolve(schema, node);
    const at = keys.join('.');
    if (at in left) return;
    if (at in byHand || !resolved.properties) return yield [keys, resolved];
    for (const [key, below] of Object.entries(resolved.properties)) {
        const named = below.additionalProperties;
        if (keys.length === 0 && key === 'sources') {
            for (const name of ['lynn', 'newoaks']) yield* leaves(schema, named, config, [key, name]);
        } else if (keys.length === 0 && key === 'sinks') {
            for (const [name, sink] of Object.entries(config.sinks)) {
                const kind = named.allOf.find((each) => each.if.properties.type.const === sink.type);
                yield* leaves(schema, kind.then, config, [key, name]);
            }
        } else if (key !== 'type' || keys[0] !== 'sinks') {
            yield* leaves(schema, below, config, [...keys, key]);
        }
    }
}

const takenOver = (at) => /^(sources|routes|vendors_dir)\b/.test(at);

test('a change of any key is either applied or named as needing a restart', async (t) => {
    const directory = temporaryDirectory(t);
    const config = oneOfEach(directory);
    const daemon = await start(t, config, directory);
    const schema = JSON.parse(chathookd(['schema']).out);
    const unknown = [];
    const wrong = [];
    let walked = 0;
    for (const [keys, node] of leaves(schema, schema, config)) {
        const at = keys.join('.');
        if (at in left || (/^sources\.newoaks\./.test(at) && !(at in byHand))) continue;
        if (/^sinks\.shaped\./.test(at) && !/template/.test(at)) continue;
        const value = another(node, get(config, keys), at);
        if (value === undefined) {
            unknown.push(at);
            continue;
        }
        const changed = set(structuredClone(config), keys, value);
        const named = await reload(daemon, changed);
        const fits = named?.every((key) => at === key || at.startsWith(`${key}.`));
        if (takenOver(at) ? named !== undefined : !fits) wrong.push(`${at}: ${JSON.stringify(value)} -> ${named ?? 'reloaded'}`);
        assert.equal(await reload(daemon, config), undefined, `back from ${at}`);
        walked += 1;
    }
    assert.deepEqual(unknown, [], 'every key of the schema has a value to change it to');
    assert.deepEqual(wrong, []);
    assert.ok(walked >= 50, `${walked} keys were walked`);
});

test('a reload that is applied has an effect: source, vendor, path, secret, tolerance, routes', async (t) => {
    const directory = temporaryDirectory(t);
    const config = configuration(directory);
    config.sinks.other = { type: 'file', path: path.join(directory, 'other.jsonl') };
    config.routes = [{ match: { type: 'handover.*' }, to: ['events'] }, { match: { type: 'lead.*' }, to: ['other'] }];
    const daemon = await start(t, config, directory);
    const answer = (at, name) =>
        post(`${daemon.url}${at}`, signed('lynn', lynnBody(name)), lynnBody(name)).then(({ status }) => status);

    const moved = structuredClone(config);
    moved.sources.lynn.path = '/webhooks/moved';
    assert.equal(await reload(daemon, moved), undefined);
    assert.equal(await answer('/webhooks/lynn', 'a'), 404);
    assert.equal(await answer('/webhooks/moved', 'a'), 200);

    const sworn = structuredClone(config);
    sworn.sources.lynn.vendor = 'knowrithm';
    assert.equal(await reload(daemon, sworn), undefined);
    assert.equal(await answer('/webhooks/lynn', 'b'), 403, "another vendor's refusal");

    const routed = structuredClone(config);
    routed.routes = [{ match: { source: ['lynn'] }, to: ['other'] }, { to: ['other'] }];
    assert.equal(await reload(daemon, routed), undefined);
    assert.equal(await answer('/webhooks/lynn', 'c'), 200);
    await until('the event where the new route sends it', () => fs.existsSync(config.sinks.other.path) &&
        fs.readFileSync(config.sinks.other.path, 'utf8').includes('"subject":"c"'));
    assert.deepEqual(daemon.events.map((event) => event.subject), ['a']);
});

test('a reload that adds or removes a sink is refused whole and names it, and a restart applies it', async (t) => {
    const directory = temporaryDirectory(t);
    const config = configuration(directory);
    const daemon = await start(t, config, directory);
    const brought = structuredClone(config);
    brought.sinks.other = { type: 'file', path: path.join(directory, 'other.jsonl') };
    brought.routes = [{ to: ['events', 'other'] }];
    brought.sources.lynn.path = '/webhooks/moved';
    assert.deepEqual(await reload(daemon, brought), ['sinks.other']);
    assert.equal((await daemon.send('lynn', lynnBody('before'))).status, 200, 'nothing of it was taken over');
    await daemon.stop();
    await daemon.run();
    assert.equal((await daemon.send('lynn', lynnBody('after'), { source: 'moved' })).status, 200);
    await until('the event at the new sink', () => fs.existsSync(brought.sinks.other.path) &&
        fs.readFileSync(brought.sinks.other.path, 'utf8').includes('"subject":"after"'));
    assert.deepEqual(await reload(daemon, config), ['sinks.other'], 'and taking it away needs one as well');
});

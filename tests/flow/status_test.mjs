// chathookd status, as an operator and a monitoring system ask it, of a real daemon.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import test from 'node:test';

import { binary, chathookd, Daemon } from './support/daemon.mjs';
import { Receiver } from './support/receiver.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody, signed } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const codes = { ok: 0, degraded: 1, down: 2 };

// What the command prints, and its exit code, which must be that of its first line.
function status(daemon, ...args) {
    const { code, out, err } = chathookd(['status', '--admin', daemon.adminAddress, ...args]);
    assert.equal(err, '');
    if (args.length === 0) assert.equal(code, codes[out.slice(0, out.indexOf(':')).toLowerCase()], out);
    return { code, out };
}

function asJson(daemon) {
    const { code, out } = status(daemon, '--json');
    const answer = JSON.parse(out);
    assert.equal(code, codes[answer.state]);
    return answer;
}

const sourceOf = (answer, name) => answer.sources.find(({ source }) => source === name);
const sinkOf = (answer, name) => answer.sinks.find(({ sink }) => sink === name);
const lineOf = (out, first) => out.split('\n').find((line) => line.startsWith(`${first} `)) ?? '';

test('a daemon that is well is OK, with its sources, those that never sent last', async (t) => {
    const daemon = await Daemon.start(t);
    assert.equal((await daemon.send('lynn', lynnBody('c-1'))).status, 200);
    assert.equal((await daemon.send('lynn', lynnBody('c-1'))).status, 200);
    await daemon.eventually(1);
    const { code, out } = status(daemon);
    assert.equal(code, 0);
    assert.match(out, /^OK: 5 sources, 1 sink, 1 event in \d+ (s|min)\n\nat +\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ\nversion +\d+\.\d+\.\d+, up \d+ (s|min), since /);
    assert.match(out, /\nready +yes\nconfiguration +loaded \d\d:\d\d:\d\dZ, sources and vendors [0-9a-f]{16}\n/);
    assert.match(lineOf(out, 'lynn'), /^lynn +lynn +\d\d:\d\d:\d\dZ +1 +1 +0$/);
    assert.match(lineOf(out, 'chatbase'), /^chatbase +chatbase +never +0 +0 +0$/);
    assert.ok(out.indexOf('\nlynn ') < out.indexOf('\nchatbase '), out);
    assert.match(lineOf(out, 'events'), /^events +working +0 +- +0 s +0 +- +-$/);

    const answer = asJson(daemon);
    assert.equal(answer.ready, true);
    const { vendors } = JSON.parse((await daemon.admin('/healthz')).body);
    assert.equal(answer.configuration.fingerprint, vendors);
    assert.ok(Date.parse(answer.started) <= Date.parse(answer.hour.since) + 2000);
    assert.equal(answer.hour.answers, 2);
    assert.ok(answer.hour.p50_ms > 0 && answer.hour.p99_ms >= answer.hour.p50_ms);
    assert.ok(answer.journal.bytes > 0 && answer.disk.free_bytes > 0);
    assert.equal(answer.journal.oldest_sequence, 1);
    assert.equal(answer.disk.min_free_bytes, 1 << 20);
});

test('--json prints what the API answers', async (t) => {
    const daemon = await Daemon.start(t);
    const steady = (text) => {
        const { at, uptime_seconds, hour, disk, ...rest } = JSON.parse(text);
        return { ...rest, min_free_bytes: disk.min_free_bytes, events: hour.events };
    };
    const asked = await daemon.admin('/api/v1/status');
    assert.equal(asked.status, 200);
    assert.deepEqual(steady(status(daemon, '--json').out), steady(asked.body));
});

test('the hour names the reasons of refusals, and a source whose signatures are all wrong degrades', async (t) => {
    const daemon = await Daemon.start(t);
    const body = lynnBody('c-1');
    for (let i = 0; i < 3; ++i)
        assert.equal((await daemon.send('lynn', body, { headers: signed('lynn', body, 'another-secret-of-24-letters') })).status, 401);
    assert.equal((await daemon.send('lynn', body, { headers: {} })).status, 401);
    assert.equal((await daemon.send('lynn', body, { source: 'nobody' })).status, 404);
    const { code, out } = status(daemon);
    assert.equal(code, 1);
    assert.match(out, /^DEGRADED: source lynn refused 4 webhooks in the last 10 min \(wrong_signature 3, missing_signature 1\) and accepted none\n/);
    assert.match(lineOf(out, 'lynn'), /never +0 +0 +4 +wrong_signature 3, missing_signature 1$/);
    assert.match(out, /, 5 refused; of no source: unknown_path 1\n/);
    assert.deepEqual(sourceOf(asJson(daemon), 'lynn').refused, { wrong_signature: 3, missing_signature: 1 });

    assert.equal((await daemon.send('lynn', body)).status, 200);
    assert.equal(asJson(daemon).state, 'ok', 'the secret is right, so somebody else guessed');
});

test('a sink that fails is degraded, with the cause, what waits and the next try, until it works again', async (t) => {
    const receiver = await Receiver.start(t);
    receiver.answer = () => ({ status: 503 });
    const daemon = await Daemon.start(t, {
        sinks: { crm: { type: 'http', url: receiver.url, retry: { initial: '50ms', max: '100ms' } } },
        routes: [{ to: ['crm'] }],
    });
    assert.equal((await daemon.send('lynn', lynnBody('c-1'))).status, 200);
    const failing = await until('the sink to fail', () => {
        const { code, out } = status(daemon);
        return code === 1 && / breaker open | failing /.test(lineOf(out, 'crm')) && out;
    });
    assert.match(failing, /^DEGRADED: sink crm has been failing since \d\d:\d\d:\d\dZ(, its breaker is open)? \(.*503.*\), 1 event waits\n/);
    const crm = await until('the next try', () => {
        const sink = sinkOf(asJson(daemon), 'crm');
        return sink.next_try && sink;
    });
    assert.equal(crm.state, 'failing');
    assert.equal(crm.waiting, 1);
    assert.ok(crm.failures >= 1 && crm.oldest && crm.since, JSON.stringify(crm));
    receiver.answer = () => ({ status: 204 });
    await until('the sink to work', () => status(daemon).code === 0);
});

test('a reload that is refused is shown with its reason until one is accepted', async (t) => {
    const daemon = await Daemon.start(t);
    const before = asJson(daemon).configuration;
    const good = fs.readFileSync(daemon.configFile, 'utf8');
    fs.writeFileSync(daemon.configFile, good.replace('"vendor": "lynn"', '"vendor": "lyn"'));
    daemon.signal('SIGHUP');
    const refused = await until('the refused reload', () => {
        const { code, out } = status(daemon);
        return code === 1 && out;
    });
    assert.match(refused, /^DEGRADED: the reload of \d\d:\d\d:\d\dZ was refused \(.*chathook\.yaml:\d+: sources\.lynn\.vendor: 'lyn' is .*\.\.\.\); the/);
    const { fingerprint, loaded, last_reload } = asJson(daemon).configuration;
    assert.deepEqual({ fingerprint, loaded }, before);
    assert.equal(last_reload.accepted, false);

    fs.writeFileSync(daemon.configFile, good.replace('"threads": 2', '"threads": 3'));
    daemon.signal('SIGHUP');
    const why = () => asJson(daemon).configuration.last_reload.reason ?? '';
    await until('the key', () => why() === 'a restart is needed to change server.threads');

    fs.writeFileSync(daemon.configFile, good);
    daemon.signal('SIGHUP');
    await until('the accepted reload', () => status(daemon).code === 0);
    const after = asJson(daemon).configuration;
    assert.equal(after.last_reload.accepted, true);
    assert.ok(after.loaded > before.loaded);
});

test('after a restart each source has its last event, and the hour begins anew', async (t) => {
    const daemon = await Daemon.start(t);
    assert.equal((await daemon.send('lynn', lynnBody('c-1'))).status, 200);
    await daemon.eventually(1);
    const before = sourceOf(asJson(daemon), 'lynn');
    assert.equal(before.events, 1);
    await daemon.stop();
    await daemon.run();
    const answer = asJson(daemon);
    const after = sourceOf(answer, 'lynn');
    assert.equal(after.last_event, before.last_event);
    assert.equal(after.last_sequence, before.last_sequence);
    assert.equal(after.events, 0);
    assert.equal(sourceOf(answer, 'chatbase').last_event, undefined);
});

test('a daemon that was stopped is DOWN, and the exit code is 2', async (t) => {
    const daemon = await Daemon.start(t);
    await daemon.stop();
    const { code, out } = status(daemon);
    assert.equal(code, 2);
    assert.match(out, /^DOWN: no answer from the daemon at 127\.0\.0\.1:\d+: .*\n$/);
    assert.equal(asJson(daemon).state, 'down');
});

test('--watch prints the status again and again where there is no terminal, also across a restart', async (t) => {
    const daemon = await Daemon.start(t);
    const child = spawn(binary, ['status', '--admin', daemon.adminAddress, '--watch=1']);
    undo(t, () => child.kill('SIGKILL'));
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    const times = (word) => out.split('\n').filter((line) => line.startsWith(word)).length;
    await until('the status twice', () => times('OK: ') >= 2);
    assert.doesNotMatch(out, /\x1b/, 'no control sequences in a pipe');
    await daemon.stop();
    await until('the end of the daemon', () => times('DOWN: ') >= 1);
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal)));
    child.kill('SIGINT');
    assert.equal(await ended, 'SIGINT');
});

// chathookd tail: following events in a terminal.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { binary, chathookd, Daemon } from './support/daemon.mjs';
import { allSamples } from './support/samples.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const samples = allSamples();

async function startWithSamples(t) {
    const daemon = await Daemon.start(t);
    for (const { vendor, body } of samples) assert.equal((await daemon.send(vendor, body)).status, 200);
    return daemon;
}

function tail(daemon, ...args) {
    const { code, out, err } = chathookd(['tail', '--admin', daemon.adminAddress, ...args]);
    assert.equal(code, 0, err);
    return out.split('\n').filter(Boolean);
}

test('tail prints one line per event: time, type, vendor, person and content', async (t) => {
    const daemon = await startWithSamples(t);
    const lines = tail(daemon);
    assert.equal(lines.length, samples.length);
    for (const [index, { vendor, type }] of samples.entries()) {
        assert.match(lines[index], /^\d\d:\d\d:\d\d /);
        assert.ok(lines[index].includes(type), lines[index]);
        assert.ok(lines[index].includes(vendor), lines[index]);
    }
    const handover = lines.find((line) => line.includes('lynn'));
    assert.match(handover, /@/, 'who');
    const { messages } = JSON.parse(samples.find(({ vendor }) => vendor === 'lynn').body);
    const said = messages.filter(({ senderRole }) => senderRole === 'human').at(-1).text;
    assert.ok(handover.includes(said.slice(0, 60)), `what: ${handover}`);
    assert.doesNotMatch(lines.join(''), /\x1b/, 'no colours in a pipe');
});

test('tail --json prints the events themselves', async (t) => {
    const daemon = await startWithSamples(t);
    const events = tail(daemon, '--json').map((line) => JSON.parse(line));
    assert.deepEqual(events, await daemon.eventually(samples.length));
});

test('tail prints the line as sinks get it, with replacements for what stops some readers', async (t) => {
    const daemon = await Daemon.start(t);
    const body = '{"conversationId":"c-1","messages":[],"score":1e400,"half":"\\ud800","long":123456789012345678901234}';
    assert.equal((await daemon.send('lynn', body)).status, 200);
    const [line] = tail(daemon, '--json');
    const { original, original_base64, original_changed } = JSON.parse(line).data;
    assert.equal(original.half, '\ufffd');
    assert.equal(original.score, null);
    assert.ok(line.includes('"long":123456789012345678901234'), line);
    assert.deepEqual(original_changed, ['surrogate', 'number']);
    assert.equal(Buffer.from(original_base64, 'base64').toString(), body);
    assert.match(tail(daemon)[0], /handover\.requested/);
});

test('tail filters by type, vendor, source and number', async (t) => {
    const daemon = await startWithSamples(t);
    const count = (keep) => samples.filter(keep).length;
    assert.equal(
        tail(daemon, '--type', 'handover.*').length,
        count(({ type }) => type.startsWith('handover.')),
    );
    assert.equal(
        tail(daemon, '--vendor', 'knowrithm').length,
        count(({ vendor }) => vendor === 'knowrithm'),
    );
    assert.equal(
        tail(daemon, '--source', 'newoaks').length,
        count(({ vendor }) => vendor === 'newoaks'),
    );
    assert.equal(tail(daemon, '--since', '1h').length, samples.length);
    const last = tail(daemon, '-n', '2', '--json').map((line) => JSON.parse(line).id);
    assert.deepEqual(
        last,
        daemon.events.slice(-2).map((event) => event.id),
    );
});

test('tail -f continues with new events, also across a restart of the daemon', async (t) => {
    const daemon = await Daemon.start(t, (directory) => ({
        admin: { listen: `unix:${directory}/admin.sock` },
    }));
    const child = spawn(
        binary,
        ['tail', '-f', '--json', '--type', 'handover.*', '--config', daemon.configFile],
        {
            cwd: daemon.directory,
            stdio: ['ignore', 'pipe', 'inherit'],
        },
    );
    undo(t, () => child.kill('SIGKILL'));
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    const subjects = () =>
        text
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line).subject);

    const say = (word) => daemon.send('lynn', lynnBody(word));
    await say('first');
    await until('the first', () => subjects().includes('first'));
    await daemon.send('chatbase', samples.find(({ vendor }) => vendor === 'chatbase').body);
    await say('second');
    await until('the second', () => subjects().includes('second'));
    await daemon.stop();
    await daemon.run();
    await say('third');
    await until('the third', () => subjects().includes('third'));
    assert.deepEqual(subjects(), ['first', 'second', 'third']);
});

test('tail needs only the admin address of the configuration, none of its secrets', async (t) => {
    const daemon = await startWithSamples(t);
    const elsewhere = structuredClone(daemon.config);
    elsewhere.admin.listen = daemon.adminAddress;
    elsewhere.sources.lynn.secret = { credential: 'that_only_the_service_is_given' };
    const file = path.join(daemon.directory, 'elsewhere.yaml');
    fs.writeFileSync(file, JSON.stringify(elsewhere));
    const { code, out, err } = chathookd(['tail', '--config', file]);
    assert.equal(code, 0, err);
    assert.equal(out.trim().split('\n').length, samples.length);
});

test('tail says plainly that the daemon does not answer', () => {
    const { code, err } = chathookd(['tail', '--admin', '127.0.0.1:1']);
    assert.equal(code, 69);
    assert.match(err, /127\.0\.0\.1:1/);
});

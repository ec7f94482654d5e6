// scripts/run as a newcomer runs it, with config/demo.yaml, but on other ports to avoid conflicts.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { binary, chathookd, readEvents, repository, temporaryDirectory } from './support/daemon.mjs';
import { allSamples } from './support/samples.mjs';
import { undo } from './support/undo.mjs';
import { until } from './support/wait.mjs';

const script = path.join(repository, 'scripts/run');
const demo = fs.readFileSync(path.join(repository, 'config/demo.yaml'), 'utf8');

function prepare(t, change = (text) => text) {
    const directory = temporaryDirectory(t);
    const config = path.join(directory, 'demo.yaml');
    fs.writeFileSync(config, change(demo.replace(/127\.0\.0\.1:(8080|9464)/g, '127.0.0.1:0')));
    const env = { ...process.env, CHATHOOKD: binary, TMPDIR: directory };
    return { directory, config, env };
}

test('the demo configuration is valid', () => {
    const { code, out, err } = chathookd(['check', '--config', path.join(repository, 'config/demo.yaml')]);
    assert.equal(code, 0, out + err);
    assert.match(demo, /127\.0\.0\.1:8080/);
    assert.match(demo, /127\.0\.0\.1:9464/);
});

test('scripts/run --demo --once shows every sample arriving and a forgery refused, and ends with 0', (t) => {
    const { directory, config, env } = prepare(t);
    const done = spawnSync(script, ['--demo', '--once', '--config', config], { env, encoding: 'utf8' });
    assert.equal(done.status, 0, done.stdout + done.stderr);
    const samples = allSamples();
    assert.equal(done.stdout.match(/^\w+ sends .*HTTP 200/gm).length, samples.length);
    assert.match(done.stdout, /without the secret.*HTTP 401/);

    const [place] = fs.readdirSync(directory).filter((name) => name.startsWith('chathook-demo.'));
    const events = readEvents(path.join(directory, place, 'chathook-demo/events.jsonl'));
    assert.deepEqual(events.map(({ type }) => type).sort(), samples.map(({ type }) => type).sort());
});

test('scripts/run --demo --once ends with a failure when the samples do not arrive', (t) => {
    const { config, env } = prepare(t, (text) => text.replace('to: [events, console]', 'to: [console]'));
    const done = spawnSync(script, ['--demo', '--once', '--config', config], { env, encoding: 'utf8' });
    assert.notEqual(done.status, 0);
    assert.match(done.stderr, /Not every sample arrived/);
});

test('scripts/run prints its address, and Ctrl-C stops it and the daemon', async (t) => {
    const { config, env } = prepare(t);
    const child = spawn(script, ['--config', config], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    undo(t, () => child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
    await until('the address', () => /Ctrl-C stops it/.test(said));
    const [, address] = /receives at http:\/\/([\d.:]+)\/webhooks/.exec(said);
    assert.equal((await fetch(`http://${address}/webhooks/lynn`)).status, 405);
    child.kill('SIGINT');
    assert.deepEqual(await ended, { code: 0, signal: null });
    await assert.rejects(fetch(`http://${address}/webhooks/lynn`));
});

// What the daemon inherits from its parent: closed standard descriptors, blocked signals, limits.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { binary, chathookd, configuration, Daemon, temporaryDirectory } from './support/daemon.mjs';
import { freePort } from './support/ports.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

// A command that runs its arguments in a shell, after `prelude`.
const shell = (prelude) => ['sh', '-c', `${prelude} "$@"`, 'sh'];
const limited = (kibibytes) => shell(`ulimit -S -f ${kibibytes * 2}; exec`); // sh counts in 512 bytes

// A daemon whose standard descriptors are all closed, so its addresses must be fixed in advance.
async function withoutDescriptors(t, sinks) {
    const directory = temporaryDirectory(t);
    const output = fs.openSync(path.join(directory, 'output'), 'a');
    undo(t, () => fs.closeSync(output));
    const config = configuration(directory, {
        server: { listen: [`127.0.0.1:${await freePort()}`] },
        admin: { listen: `127.0.0.1:${await freePort()}` },
        ...sinks,
    });
    const daemon = new Daemon(directory, config, { logFile: output });
    undo(t, () => daemon.end());
    await daemon.run({ under: ['sh', '-c', 'exec "$@" 0<&- 1>&- 2>&-', 'sh'] });
    return daemon;
}

test('a daemon with closed standard descriptors serves, and reuses their numbers for nothing else', async (t) => {
    const daemon = await withoutDescriptors(t);
    for (const descriptor of [0, 1, 2]) {
        assert.equal(fs.readlinkSync(`/proc/${daemon.child.pid}/fd/${descriptor}`), '/dev/null');
    }
    assert.equal((await daemon.send('lynn', lynnBody('a'))).status, 200);
    assert.equal((await daemon.eventually(1))[0].subject, 'a');
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
});

test('an event for a stdout sink is not counted as delivered if standard output is closed', async (t) => {
    const daemon = await withoutDescriptors(t, {
        sinks: { console: { type: 'stdout', format: 'json', retry: { initial: '10ms', max: '20ms' } } },
        routes: [{ to: ['console'] }],
    });
    assert.equal((await daemon.send('lynn', lynnBody('a'))).status, 200);
    await until('an attempt', () => daemon.metric('chathook_deliveries_total', { sink: 'console', outcome: 'retried' }));
    await until('its backlog', async () => (await daemon.metric('chathook_sink_backlog_events', { sink: 'console' })) === 1);
    assert.equal(await daemon.metric('chathook_deliveries_total', { sink: 'console', outcome: 'delivered' }), 0);
});

test('a limit on file sizes acts like a full disk: 503 until it is raised', async (t) => {
    const daemon = new Daemon(temporaryDirectory(t), {});
    daemon.configure(configuration(daemon.directory));
    undo(t, () => daemon.end());
    await daemon.run({ under: limited(2048) });
    const large = { customMetadata: { text: 'x'.repeat(200_000) } };
    let [taken, answer] = [0, undefined];
    for (let at = 0; at < 30 && answer?.status !== 503; ++at) {
        answer = await daemon.send('lynn', lynnBody(`event ${at}`, large));
        taken += answer.status === 200;
    }
    assert.equal(answer.status, 503);
    assert.ok(taken > 3, `${taken} were taken before`);
    assert.match((await daemon.admin('/readyz')).body, /LimitFSIZE=/);
    const raised = spawnSync('prlimit', ['--pid', String(daemon.child.pid), '--fsize=unlimited:']);
    assert.equal(raised.status, 0, String(raised.stderr));
    await until('readiness', async () => (await daemon.admin('/readyz')).status === 200);
    assert.equal((await daemon.send('lynn', lynnBody('after', large))).status, 200);
    await daemon.eventually(taken + 1);
});

test('a limit on file sizes too small for a journal is named and ends the start with 74', (t) => {
    const directory = temporaryDirectory(t);
    const file = path.join(directory, 'chathook.yaml');
    fs.writeFileSync(file, JSON.stringify(configuration(directory)));
    const [program, ...args] = [...limited(16), binary, 'serve', '--config', file];
    const { status, signal, stdout } = spawnSync(program, args, { encoding: 'utf8' });
    assert.deepEqual({ status, signal }, { status: 74, signal: null });
    assert.match(stdout, /LimitFSIZE=/);
});

test('a command whose reader has closed the pipe ends with 74', (t) => {
    const pipe = path.join(temporaryDirectory(t), 'pipe');
    assert.equal(spawnSync('mkfifo', [pipe]).status, 0);
    const reader = fs.openSync(pipe, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    const writer = fs.openSync(pipe, fs.constants.O_WRONLY);
    undo(t, () => fs.closeSync(writer));
    fs.closeSync(reader);
    const done = spawnSync(binary, ['schema'], { encoding: 'utf8', stdio: ['ignore', writer, 'pipe'] });
    assert.deepEqual({ status: done.status, stderr: done.stderr }, { status: 74, stderr: '' });
});

test('a command reports when its output could not be written', () => {
    const full = spawnSync('sh', ['-c', `"${binary}" version >/dev/full`], { encoding: 'utf8' });
    assert.equal(full.status, 74);
    assert.match(full.stderr, /cannot write to standard output: the disk is full/);
    // More than a buffer: the write that failed was not the last one.
    const long = spawnSync('sh', ['-c', `"${binary}" schema >/dev/full`], { encoding: 'utf8' });
    assert.deepEqual({ status: long.status, stderr: long.stderr }, {
        status: 74, stderr: 'chathookd: cannot write to standard output: the disk may be full\n',
    });
    const closed = spawnSync('sh', ['-c', `"${binary}" version >&-`], { encoding: 'utf8' });
    assert.equal(closed.status, 74);
    assert.equal(chathookd(['version']).code, 0);
});

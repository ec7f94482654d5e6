// A daemon that runs out of file descriptors: it waits instead of spinning, logs this at intervals, and
// recovers at once when some are free. A daemon that cannot start names the limit.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { binary, configuration, Daemon, temporaryDirectory } from './support/daemon.mjs';
import { post } from './support/http.mjs';
import { cpuSeconds } from './support/process.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody, signed } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const held = 1000;
const window = 5; // seconds of observation during exhaustion

test('a daemon without free descriptors waits idle, and serves at once when some are free', async (t) => {
    const daemon = await Daemon.start(t, {
        server: {
            listen: ['127.0.0.1:0'],
            threads: 2,
            limits: { connections: 4096, header_timeout: '60s', idle_timeout: '60s' },
        },
    });
    const { pid } = daemon.child;
    const limited = spawnSync('prlimit', ['--pid', String(pid), '--nofile=128:128']);
    assert.equal(limited.status, 0, String(limited.stderr));

    const port = Number(new URL(daemon.url).port);
    const sockets = Array.from({ length: held }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    const complaints = () => daemon.logs.filter(({ event }) => event === 'cannot_accept').length;
    await until('the daemon to run out of descriptors', () => complaints() > 0);

    const [said, lines, used] = [complaints(), daemon.lines.length, cpuSeconds(pid)];
    await delay(window * 1000); // a rate can only be measured over time
    const load = (cpuSeconds(pid) - used) / window;
    const [saidNow, linesNow] = [complaints(), daemon.lines.length];
    const percent = (load * 100).toFixed(1);
    t.diagnostic(`while exhausted: ${percent} % of a core, ${linesNow - lines} lines in ${window} s`);
    assert.ok(saidNow > said, 'it was exhausted all the time');
    assert.ok(load < 0.1, `${load * 100} % of a core`);
    assert.ok(linesNow - lines <= window + 1, `${linesNow - lines} lines in ${window} s`);

    const released = performance.now();
    sockets.forEach((socket) => socket.destroy());
    const answer = await daemon.send('lynn', lynnBody('after the flood'));
    const seconds = (performance.now() - released) / 1000;
    t.diagnostic(`answered ${seconds.toFixed(3)} s after the release`);
    assert.equal(answer.status, 200);
    assert.ok(seconds <= 1, `${seconds} s`);
    assert.equal((await daemon.eventually(1))[0].subject, 'after the flood');
});

// The outcome of a start under that limit: an exit status, or ready (then the daemon is stopped).
async function startedUnder(limit, file) {
    const child = spawn('prlimit', [`--nofile=${limit}`, binary, 'serve', '--config', file], {
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    let stopped = false; // a second SIGTERM would end it immediately
    child.stdout.setEncoding('utf8').on('data', (text) => {
        said += text;
        if (!stopped && said.includes('"event":"ready"')) stopped = child.kill('SIGTERM');
    });
    const [status] = await once(child, 'close');
    return { status, said };
}

test('a start that fails for lack of descriptors names the limit on open files', async (t) => {
    const directory = temporaryDirectory(t);
    const file = path.join(directory, 'chathook.yaml');
    fs.writeFileSync(file, JSON.stringify(configuration(directory)));
    // Which open() fails depends on the number of inherited descriptors, so every limit in a range is tried.
    for (let limit = 8; ; ++limit) {
        const { status, said } = await startedUnder(limit, file);
        if (said.includes('"event":"ready"')) {
            assert.ok(limit > 16, `ready with ${limit} descriptors`);
            assert.equal(status, 0);
            break;
        }
        assert.ok([69, 74].includes(status), `with ${limit} descriptors: ${status}, ${said}`);
        assert.match(said, /"event":"cannot_(start|open_journal)".*LimitNOFILE=/, `with ${limit} descriptors`);
    }
});

test('the soft limit on open files is raised to the hard one', async (t) => {
    const directory = temporaryDirectory(t);
    const daemon = new Daemon(directory, configuration(directory));
    undo(t, () => daemon.end());
    await daemon.run({ under: ['prlimit', '--nofile=256:4096'] });
    const limits = fs.readFileSync(`/proc/${daemon.child.pid}/limits`, 'utf8');
    assert.match(limits, /^Max open files +4096 +4096 /m);
});

test('a flood of connections leaves descriptors for deliveries and the admin address', async (t) => {
    let delivered = 0;
    const receiver = http.createServer((asked, answer) =>
        asked.resume().on('end', () => answer.setHeader('connection', 'close').end(() => ++delivered)));
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    undo(t, () => receiver.close());
    const directory = temporaryDirectory(t);
    const daemon = new Daemon(directory, configuration(directory, {
        server: { listen: ['127.0.0.1:0'], limits: { connections: 4096, header_timeout: '60s', idle_timeout: '60s' } },
        sinks: { crm: { type: 'http', url: `http://127.0.0.1:${receiver.address().port}/`, concurrency: 4 } },
        routes: [{ to: ['crm'] }],
    }));
    undo(t, () => daemon.end());
    await daemon.run({ under: ['prlimit', '--nofile=256:256'] });
    const limited = daemon.logs.find(({ event }) => event === 'connections_limited');
    assert.equal(limited.configured, '4096');
    assert.equal(limited.open_files, '256');
    assert.match(limited.hint, /LimitNOFILE=/);

    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    undo(t, () => agent.destroy());
    const send = (name) => {
        const body = lynnBody(name);
        return post(`${daemon.url}/webhooks/lynn`, signed('lynn', body), body, agent);
    };
    assert.equal((await send('before the flood')).status, 200);
    const port = Number(new URL(daemon.url).port);
    const sockets = Array.from({ length: held }, () => net.connect(port, '127.0.0.1').on('error', () => {}));
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    await daemon.logged('that the limit is reached', ({ event }) => event === 'connection_limit_reached');

    assert.equal((await send('in the flood')).status, 200);
    await until('both events to be delivered', () => delivered === 2);
    assert.equal((await daemon.admin('/api/v1/events')).status, 200);
    assert.ok(!daemon.logs.some(({ event }) => event === 'cannot_accept'), 'no descriptor was missing');
});

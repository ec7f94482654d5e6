// A daemon without a file descriptor left: it waits instead of spinning, says so now and then, and is back at
// once when there are some again.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import net from 'node:net';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { Daemon } from './support/daemon.mjs';
import { cpuSeconds } from './support/process.mjs';
import { lynnBody } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const held = 1000;
const window = 5; // seconds that exhaustion is watched

test('with its descriptors exhausted the daemon rests, and serves at once when some are free', async (t) => {
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
    const complaints = () => daemon.logs.filter(({ event }) => event === 'cannot accept').length;
    await until('the daemon to run out of descriptors', () => complaints() > 0);

    const [said, lines, used] = [complaints(), daemon.lines.length, cpuSeconds(pid)];
    await delay(window * 1000); // a rate can only be measured over a time
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

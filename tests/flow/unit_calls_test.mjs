// Compares the system calls that the shipped unit allows with those that the daemon makes: a filtered call
// fails with EPERM under the unit only, so other tests would not notice.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { configuration, Daemon, repository, temporaryDirectory } from './support/daemon.mjs';
import { post } from './support/http.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody, signed } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

// The system calls of a name in SystemCallFilter=, including nested groups.
function callsOf(name) {
    if (!name.startsWith('@')) return [name];
    const { status, stdout } = spawnSync('systemd-analyze', ['syscall-filter', name], { encoding: 'utf8' });
    assert.equal(status, 0, name);
    const members = stdout.split('\n').slice(1).map((line) => line.trim());
    return members.filter((line) => line && !line.startsWith('#')).flatMap(callsOf);
}

// systemd.exec(5): the first line makes a list of allowed calls; later lines add to it, or remove from it
// ("~").
function allowedBy(unit) {
    const allowed = new Set();
    for (const [, without, names] of unit.matchAll(/^SystemCallFilter=(~?)(.*)$/gm)) {
        for (const call of names.split(' ').flatMap(callsOf)) without ? allowed.delete(call) : allowed.add(call);
    }
    return allowed;
}

// Calls that may be refused: the one that glibc tries before adjtimex, and the one that SQLite makes only as
// root.
const unneeded = ['clock_adjtime', ...(process.getuid() === 0 ? ['fchown'] : [])];

test('the shipped unit allows every system call that the daemon makes', async (t) => {
    const directory = temporaryDirectory(t);
    const calls = path.join(directory, 'calls');
    const daemon = new Daemon(directory, configuration(directory));
    undo(t, () => daemon.end());
    await daemon.run({ under: ['strace', '-D', '-f', '-q', '-o', calls] });
    assert.equal((await daemon.send('lynn', lynnBody('a'))).status, 200);
    // Verified in its second form, on the thread for such work.
    const body = JSON.stringify({ eventType: 'leads.submit', chatbotId: 'a', payload: { text: 'x'.repeat(20_000) } }, null, 1);
    assert.equal((await post(`${daemon.url}/webhooks/chatbase`, signed('chatbase', body), body)).status, 200);
    await daemon.eventually(2);
    for (const target of ['/metrics', '/api/v1/events', '/api/v1/sinks', '/']) assert.equal((await daemon.admin(target)).status, 200);
    const headers = { 'content-type': 'application/json' };
    const erased = await daemon.admin('/api/v1/erase', { method: 'POST', headers, body: '{"email":"visitor@example.com"}' });
    assert.equal(erased.status, 200);
    daemon.child.kill('SIGHUP');
    await until('the reload', () => daemon.logs.some(({ event }) => event === 'reloaded'));
    await daemon.stop();

    const text = await until('the end of the trace', () => {
        const written = fs.readFileSync(calls, 'utf8');
        return /exited with 0/.test(written) && written;
    });
    const made = new Set([...text.matchAll(/^\d+ +(\w+)\(/gm)].map(([, name]) => name));
    for (const name of ['fdatasync', 'setpriority']) assert.ok(made.has(name), name);
    const allowed = allowedBy(fs.readFileSync(path.join(repository, 'config', 'chathook.service'), 'utf8'));
    assert.deepEqual([...made].filter((name) => !allowed.has(name) && !unneeded.includes(name)), []);
});

// The journal's disk fails under the real daemon: nobody is told 200 for what did not reach it, the failed call is
// not tried again, the process ends with 74, and the next start has everything that was answered.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { chathookd, Daemon, temporaryDirectory } from '../flow/support/daemon.mjs';
import { Load } from '../flow/support/load.mjs';
import { threadOf, Tracer } from './support/tracer.mjs';
import { until } from '../flow/support/wait.mjs';

const total = 400;

function idsByConversation(events) {
    const ids = new Map();
    for (const { subject, id } of events) ids.set(subject, (ids.get(subject) ?? new Set()).add(id));
    return ids;
}

// The writer makes the ballast first; failures of that are harmless and would be counted.
async function started(t) {
    const daemon = await Daemon.start(t);
    await until('the ballast', () => daemon.logs.some(({ event }) => event === 'journal_ballast_made'));
    return daemon;
}

async function everythingArrivesOnce(daemon, load) {
    await until('all that was answered in the file', () => {
        const ids = idsByConversation(daemon.events);
        return [...load.answered].every((conversation) => ids.has(conversation));
    });
    for (const [conversation, ids] of idsByConversation(daemon.events)) {
        assert.equal(ids.size, 1, `${conversation} is one event, however often it was sent`);
    }
}

// The writer's calls after the injected failure, as strace saw them.
const after = (trace) => trace.slice(trace.findIndex((line) => line.includes('(INJECTED)')) + 1);

for (const call of ['fdatasync', 'pwrite64']) {
    for (const when of [1, 2, 3, 7, 20]) {
        test(`${call} number ${when} fails with EIO: exit code 74, nothing answered is lost`, async (t) => {
            const daemon = await started(t);
            const load = new Load(`eio-${call}-${when}`, { connections: 8 });
            await load.send(daemon, 0, 20);
            const output = path.join(temporaryDirectory(t), 'trace');
            const tracer = await Tracer.attach(threadOf(daemon.child.pid, 'journal'), [
                '-e', 'trace=fdatasync,fsync,pwrite64',
                '-e', `inject=${call}:error=EIO:when=${when}`,
                '-o', output,
            ]);
            await load.send(daemon, 20, total, () => daemon.exited);
            assert.deepEqual(await daemon.exit, { code: 74, signal: null });
            await tracer.detach();
            const trace = fs.readFileSync(output, 'utf8').split('\n');
            assert.ok(trace.some((line) => line.includes('(INJECTED)')), 'a call was made to fail');
            assert.deepEqual(after(trace).filter((line) => /^f(data)?sync/.test(line)), [], 'no sync is tried again');
            assert.equal(daemon.logs.filter(({ event }) => event === 'journal failed').length, 1);
            assert.ok(load.answered.size < total);
            for (const status of load.statuses.keys()) assert.equal(status, 503);

            const { code, out } = chathookd(['verify-journal', daemon.config.journal.path]);
            assert.equal(code, 0, out);
            await daemon.run();
            await everythingArrivesOnce(daemon, load);
            // Vendors send again what was not answered, the failed commit among it.
            await load.send(daemon, 0, total);
            assert.equal(load.answered.size, total);
            await everythingArrivesOnce(daemon, load);
            assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
        });
    }
}

test('no room for one write is answered 503, and the daemon goes on', async (t) => {
    const daemon = await started(t);
    const load = new Load('enospc', { connections: 8 });
    await load.send(daemon, 0, 20);
    const tracer = await Tracer.attach(threadOf(daemon.child.pid, 'journal'), [
        '-e', 'trace=pwrite64', '-e', 'inject=pwrite64:error=ENOSPC:when=5', '-o', '/dev/null',
    ]);
    await load.send(daemon, 20, total);
    await tracer.detach();
    assert.ok(load.statuses.get(503) > 0);
    assert.equal(daemon.exited, undefined);
    await until('room again', async () => (await daemon.admin('/readyz')).status === 200);
    await load.send(daemon, 0, total);
    assert.equal(load.answered.size, total);
    await everythingArrivesOnce(daemon, load);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
});

// The disk fails under the real daemon, in one system call or permanently, at points chosen by the seed. No
// 200 is sent for data that did not reach the disk, the failed call is not retried, and the next start has
// everything that was answered. CHATHOOK_POINTS is the number of points of each kind; CHATHOOK_SEED repeats a
// run.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { chathookd, temporaryDirectory } from '../flow/support/daemon.mjs';
import { until } from '../flow/support/wait.mjs';
import { between, chance, seed, times } from './support/seed.mjs';
import { threadOf, Tracer } from './support/tracer.mjs';
import { Trial } from './support/trial.mjs';

const points = times('CHATHOOK_POINTS', 10);
const traced = 'fdatasync,fsync,pwrite64,write,ftruncate';

const injected = (file) => fs.existsSync(file) && /\(INJECTED\)$/m.test(fs.readFileSync(file, 'utf8'));

// Everything answered is at every sink, and a repeated webhook is one event.
async function nothingIsLost(trial) {
    const { daemon, ledger } = trial;
    const all = Array.from({ length: ledger.next }, (_, at) => `${ledger.name}-${at}`);
    await ledger.retry(daemon, all.filter((conversation) => !ledger.answered.has(conversation)));
    assert.equal(ledger.answered.size, ledger.next);
    await trial.delivered();
    const { guilty, verdict } = trial.judged();
    assert.ok(!guilty, JSON.stringify(verdict, null, 1));
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
}

async function started(t) {
    const quick = { retry: { initial: '50ms', max: '200ms' } };
    const trial = await Trial.start(t, `io-${seed}`, { events: quick });
    trial.output = path.join(temporaryDirectory(t), 'trace');
    // The writer makes the ballast first; failures there are harmless and would be counted.
    await until('the ballast', () => trial.daemon.logs.some(({ event }) => event === 'journal_ballast_made'));
    await trial.ledger.load(trial.daemon, { count: 20, connections: 8 });
    return trial;
}

// Makes a call of the thread fail while webhooks come in, until the injection was seen, and a little longer.
async function failUnderLoad({ daemon, ledger, output }, thread, call, error, when, { enough = () => true } = {}) {
    const tracer = await Tracer.attach(await threadOf(daemon.child.pid, thread), [
        '-y', '-e', `trace=${traced}`, '-e', `inject=${call}:error=${error}:when=${when}`, '-o', output,
    ]);
    const done = () => daemon.exited || (injected(output) && enough());
    await ledger.load(daemon, { connections: 8, rate: 400, stopped: done });
    return tracer;
}

// After a failed call nothing is synced any more: the kernel has forgotten what it could not write.
function assertNothingSynced(output) {
    const trace = fs.readFileSync(output, 'utf8').split('\n');
    const after = trace.slice(trace.findIndex((line) => line.endsWith('(INJECTED)')) + 1);
    assert.deepEqual(after.filter((line) => /^f(data)?sync/.test(line)), [], 'no sync is tried again');
}

async function journalFails(t, random) {
    const call = random() < 0.5 ? 'fdatasync' : 'pwrite64';
    const when = between(random, 1, call === 'fdatasync' ? 20 : 80) + (random() < 0.3 ? '+' : '');
    t.diagnostic(`journal: ${call} number ${when} fails with EIO`);
    const trial = await started(t);
    const { daemon, ledger, output } = trial;
    const answeredBefore = ledger.answered.size;
    await failUnderLoad(trial, 'journal', call, 'EIO', when);
    assert.deepEqual(await daemon.exit, { code: 74, signal: null });
    assertNothingSynced(output);
    assert.equal(daemon.logs.filter(({ event }) => event === 'journal_failed').length, 1);
    assert.ok(ledger.answered.size >= answeredBefore);
    for (const status of ledger.statuses.keys()) assert.equal(status, 503);
    const { code, out } = chathookd(['verify-journal', daemon.config.journal.path]);
    assert.equal(code, 0, out);
    await daemon.run();
    await nothingIsLost(trial);
}

async function journalHasNoRoom(t, random) {
    const forever = random() < 0.3;
    const when = between(random, 1, 80) + (forever ? '+' : '');
    t.diagnostic(`journal: pwrite64 number ${when} fails with ENOSPC`);
    const trial = await started(t);
    const { daemon, ledger } = trial;
    const refused = () => ledger.statuses.get(503) > 0;
    const tracer = await failUnderLoad(trial, 'journal', 'pwrite64', 'ENOSPC', when, { enough: refused });
    assert.equal(daemon.exited, undefined, 'it goes on');
    assert.deepEqual([...ledger.statuses.keys()], [503]);
    await tracer.detach();
    await until('room again', async () => (await daemon.admin('/readyz')).status === 200);
    await nothingIsLost(trial);
}

async function fileSinkFails(t, random, error) {
    const call = error === 'ENOSPC' || random() < 0.5 ? 'write' : 'fdatasync';
    const when = between(random, 1, 10);
    t.diagnostic(`file sink: ${call} number ${when} fails with ${error}`);
    const trial = await started(t);
    const tracer = await failUnderLoad(trial, 'sink-events', call, error, when);
    assert.deepEqual([...trial.ledger.statuses], [], 'what a sink does is no business of the vendor');
    await tracer.detach();
    await nothingIsLost(trial);
}

// strace -D: the daemon is the child, strace its grandchild.
async function startFails(t, random, error) {
    const call = random() < 0.5 ? 'fdatasync,fsync' : 'pwrite64';
    const when = between(random, 1, call === 'pwrite64' ? 30 : 6);
    t.diagnostic(`start after a crash: ${call} number ${when} fails with ${error}`);
    const trial = await started(t);
    const { daemon, ledger, output } = trial;
    await daemon.kill();
    const under = ['strace', '-D', '-f', '-y', '-o', output,
        '-e', `trace=${traced}`, '-e', `inject=${call}:error=${error}:when=${when}`];
    const ran = await daemon.run({ under }).then(() => true, () => false);
    if (ran) {
        // It has started without reaching the failing call.
        await ledger.load(daemon, { connections: 8, rate: 400, stopped: () => daemon.exited || injected(output) });
        for (const status of ledger.statuses.keys()) assert.equal(status, 503);
        await daemon.kill();
    } else assert.deepEqual(await daemon.exit, { code: 74, signal: null });
    assert.ok(injected(output), 'a call was made to fail');
    await daemon.run();
    await nothingIsLost(trial);
}

for (const [error, inJournal] of [['EIO', journalFails], ['ENOSPC', journalHasNoRoom]]) {
    test(`${error} at ${points} points loses nothing that was answered (seed ${seed})`, async (t) => {
        const random = chance(error);
        for (let at = 0; at < points; ++at) {
            // Of ten points, one is during the start and two are in a file sink.
            const kind = at % 10;
            const fails = kind === 3 ? startFails : kind === 5 || kind === 8 ? fileSinkFails : inJournal;
            await t.test(`point ${at}`, (inner) => fails(inner, random, error));
        }
    });
}

// The ground under a running daemon: the journal's directory is moved, removed or hidden, or one of its files
// loses its name. From then on nothing is answered 200, the daemon exits with 74 and names the path, and once
// the path is restored everything answered is delivered.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { chathookd, Daemon } from '../flow/support/daemon.mjs';
import { Receiver } from '../flow/support/receiver.mjs';
import { undo } from '../flow/support/undo.mjs';
import { lynnBody } from '../flow/support/vendors.mjs';
import { until } from '../flow/support/wait.mjs';
import { cannotMount, Disk } from './support/disk.mjs';

const before = ['first', 'second', 'third'];

// A daemon that has accepted three events, of which its receiver has accepted none.
async function withWaitingEvents(t, changes = () => ({})) {
    const receiver = await Receiver.start(t);
    const taken = new Set();
    let open = false;
    receiver.answer = ({ body }) => {
        if (!open) return { status: 503 };
        taken.add(JSON.parse(body).subject);
        return { status: 204 };
    };
    const daemon = await Daemon.start(t, (directory) => ({
        sinks: {
            crm: { type: 'http', url: receiver.url, allow_private: true, retry: { initial: '10ms', max: '50ms' } },
        },
        routes: [{ to: ['crm'] }],
        ...changes(directory),
    }));
    const journal = daemon.config.journal.path;
    for (const name of before) assert.equal((await daemon.send('lynn', lynnBody(name))).status, 200);
    const file = (name) => path.join(journal, name);
    return { daemon, receiver, taken, journal, file, letIn: () => (open = true) };
}

const reasonOf = (daemon) => daemon.logs.find(({ event }) => event === 'journal_failed')?.reason ?? 'none was logged';

// Sends until no 200 can come any more; returns how the daemon ended.
async function endsWith74(daemon, said) {
    const status = await daemon.send('lynn', lynnBody('after')).then((answer) => answer.status, () => 'no answer');
    assert.notEqual(status, 200);
    assert.deepEqual(await daemon.exit, { code: 74, signal: null });
    assert.match(reasonOf(daemon), said);
    const saying = daemon.logs.filter(({ reason }) => reason === reasonOf(daemon)).map(({ event }) => event);
    assert.deepEqual(saying, ['journal_failed'], 'one line says what happened');
    assert.doesNotMatch(reasonOf(daemon), /put it back.*(is lost|nothing back)/i);
}

async function allArrive({ daemon, taken, letIn }) {
    letIn();
    await daemon.run();
    for (const name of before) {
        const again = await daemon.send('lynn', lynnBody(name));
        assert.equal(again.status, 200);
    }
    await daemon.stop();
    const missing = before.filter((name) => !taken.has(name));
    assert.deepEqual(missing, []);
}

test('a journal whose directory was renamed accepts nothing more, and continues once it is put back', async (t) => {
    const on = await withWaitingEvents(t);
    fs.renameSync(on.journal, `${on.journal}.old`);
    await endsWith74(on.daemon, /directory .*\/journal was moved to .*\/journal\.old while the daemon ran; put it back/);
    fs.renameSync(`${on.journal}.old`, on.journal);
    await allArrive(on);
});

test('a journal whose directory was replaced by an empty one is not written there', async (t) => {
    const on = await withWaitingEvents(t);
    fs.renameSync(on.journal, `${on.journal}.old`);
    fs.mkdirSync(on.journal);
    await endsWith74(on.daemon, /directory .*\/journal was replaced by another one; the one that is open is .*\.old/);
    assert.deepEqual(fs.readdirSync(on.journal), []);
    fs.rmdirSync(on.journal);
    fs.renameSync(`${on.journal}.old`, on.journal);
    await allArrive(on);
});

test('a journal that was removed accepts nothing more', async (t) => {
    const { daemon, journal } = await withWaitingEvents(t);
    // The ballast is written meanwhile, so the directory may not be empty at the first attempt.
    await until('the directory to be gone', () => {
        try {
            fs.rmSync(journal, { recursive: true, force: true });
        } catch (error) {
            if (error.code !== 'ENOTEMPTY') throw error;
        }
        return !fs.existsSync(journal);
    });
    await endsWith74(daemon, /^the (journal's|index of) .* was removed while the daemon ran/);
});

test('a file system mounted over a journal is not mistaken for it', { skip: cannotMount }, async (t) => {
    const disk = new Disk(t, 32);
    const on = await withWaitingEvents(t);
    let mounted = true;
    const unmount = () => {
        if (mounted) execFileSync('umount', [on.journal]);
        mounted = false;
    };
    execFileSync('mount', ['--bind', disk.path, on.journal]);
    undo(t, unmount);
    await endsWith74(on.daemon, /directory .*\/journal is hidden: another file system is mounted over it/);
    unmount();
    await allArrive(on);
});

for (const [name, said] of [
    ['journal.sqlite-wal', /log .*journal\.sqlite-wal was removed while the daemon ran\. All .* moved into the database .* no event is lost\. Put nothing back and start/],
    ['journal.sqlite-shm', /index of the journal's log .* was removed.*the next start makes it anew/],
    ['lock', /lock .*lock was removed.*the next start makes it anew/],
]) {
    test(`a journal whose ${name} was removed accepts nothing more and loses nothing`, async (t) => {
        const on = await withWaitingEvents(t);
        fs.unlinkSync(on.file(name));
        await endsWith74(on.daemon, said);
        await allArrive(on);
    });
}

test('a journal whose database was removed accepts nothing more, and continues once it is put back', async (t) => {
    const on = await withWaitingEvents(t);
    fs.renameSync(on.file('journal.sqlite'), on.file('kept'));
    await endsWith74(on.daemon, /database .*journal\.sqlite was moved to .*kept while the daemon ran; put it back/);
    fs.renameSync(on.file('kept'), on.file('journal.sqlite'));
    await allArrive(on);
});

test('a journal that is moved while idle ends the daemon with an error, and so does a stop then', async (t) => {
    const idle = await withWaitingEvents(t);
    fs.renameSync(idle.journal, `${idle.journal}.old`);
    assert.deepEqual(await idle.daemon.exit, { code: 74, signal: null });

    const stopped = await withWaitingEvents(t);
    fs.renameSync(stopped.journal, `${stopped.journal}.old`);
    assert.deepEqual(await stopped.daemon.stop(), { code: 74, signal: null });
    fs.renameSync(`${stopped.journal}.old`, stopped.journal);
    await allArrive(stopped);
});

test('a journal in use is refused to others, with its lock file or without', async (t) => {
    const { daemon, file } = await withWaitingEvents(t);
    // Suspended, so that it cannot notice that the file is gone before the others have tried.
    daemon.signal('SIGSTOP');
    undo(t, () => daemon.exited || daemon.signal('SIGCONT'));
    for (const remove of [() => {}, () => fs.unlinkSync(file('lock'))]) {
        remove();
        const second = chathookd(['serve', '--config', daemon.configFile]);
        assert.equal(second.code, 75, second.out + second.err);
        const looked = chathookd(['verify-journal', daemon.config.journal.path]);
        assert.equal(looked.code, 75, looked.out + looked.err);
    }
    daemon.signal('SIGCONT');
    assert.deepEqual(await daemon.exit, { code: 74, signal: null });
});

// A file sink that cannot write: `check` and the log at the start say so with the fix, the daemon starts, and
// the events arrive once the directory is usable.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { binary, chathookd, configuration, Daemon, readEvents, temporaryDirectory } from './support/daemon.mjs';
import { lynnBody } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const sinkAt = (file, more = {}) => ({ events: { type: 'file', path: file, ...more } });

const places = [
    ['a directory that is missing', 'a/b/e.jsonl', /its directory .*\/a\/b does not exist.*mkdir -p .*\/a\/b/],
    ['a directory that is a file', 'file/e.jsonl', /\/file is not a directory/],
    ['a directory in place of a file', 'directory', /is a directory; name a file, such as .*\/directory\/events\.jsonl/],
    ['a link that leads back to itself', 'one', /is a symbolic link that leads back to itself/],
    ['a link into a directory that is missing', 'dangling', /its directory .*\/gone does not exist/],
];

for (const [what, name, said] of places) {
    test(`${what} is a warning of check and of the log at the start`, async (t) => {
        const daemon = await Daemon.start(t, (directory) => {
            const at = (entry) => path.join(directory, entry);
            fs.writeFileSync(at('file'), '');
            fs.mkdirSync(at('directory'));
            fs.symlinkSync('two', at('one'));
            fs.symlinkSync('one', at('two'));
            fs.symlinkSync('gone/e.jsonl', at('dangling'));
            return { sinks: sinkAt(at(name)) };
        });
        const { code, out } = chathookd(['check', '--json', '--config', daemon.configFile]);
        const [problem, ...others] = JSON.parse(out).problems;
        assert.equal(code, 0, out);
        assert.deepEqual(others, []);
        assert.equal(problem?.severity, 'warning');
        assert.equal(problem.key, 'sinks.events.path');
        assert.match(problem.message, said);
        const logged = await daemon.logged('the same', ({ event }) => event === 'configuration');
        assert.equal(logged.level, 'warning');
        assert.match(logged.reason, said);
    });
}

test('a directory that appears after the start, as with a mount, gets the waiting events', async (t) => {
    const daemon = await Daemon.start(t, (directory) => ({
        sinks: sinkAt(path.join(directory, 'later/e.jsonl'), { retry: { initial: '20ms', max: '50ms' } }),
    }));
    const file = path.join(daemon.directory, 'later/e.jsonl');
    assert.equal((await daemon.send('lynn', lynnBody('early'))).status, 200);
    await daemon.logged('the failure', ({ event }) => event === 'sink_failing');
    assert.ok(!fs.existsSync(path.dirname(file)), 'no directory is made');
    fs.mkdirSync(path.dirname(file));
    const [event] = await until('the event', () => readEvents(file).length === 1 && readEvents(file));
    assert.equal(event.subject, 'early');
});

const cannotBeOthers = process.getuid() === 0 ? false : 'only root can run check as another user';

test('a directory or file that the user of check may not access is a warning that names the user', { skip: cannotBeOthers }, (t) => {
    const directory = temporaryDirectory(t);
    const at = (entry) => path.join(directory, entry);
    fs.chmodSync(directory, 0o755);
    fs.mkdirSync(at('closed'), { mode: 0o755 });
    fs.mkdirSync(at('hidden'), { mode: 0o700 });
    fs.mkdirSync(at('open'));
    fs.chmodSync(at('open'), 0o777);
    fs.writeFileSync(at('open/theirs.jsonl'), '', { mode: 0o640 });
    // A copy of the program that the other user may run, wherever the build is.
    fs.copyFileSync(binary, at('chathookd'));
    fs.chmodSync(at('chathookd'), 0o755);
    const said = (name, more, user = {}) => {
        const config = configuration(directory, { sinks: sinkAt(at(name), more) });
        fs.writeFileSync(at('chathook.yaml'), JSON.stringify(config), { mode: 0o644 });
        const done = spawnSync(at('chathookd'), ['check', '--json', '--config', at('chathook.yaml')], { ...user, encoding: 'utf8' });
        assert.equal(done.status, 0, done.stdout + done.stderr);
        return JSON.parse(done.stdout).problems.filter(({ key }) => key.startsWith('sinks.')).map(({ message }) => message).join('\n');
    };
    const nobody = { uid: 65534, gid: 65534 };
    const rotating = { rotate: { size: '1MiB' } };
    assert.match(said('closed/e.jsonl', {}, nobody), /its directory .*\/closed is not open to user \w+, who runs this, for writing; if the daemon runs as that user, name a directory of its own, or let it write there/);
    assert.match(said('hidden/in/e.jsonl', {}, nobody), /its directory .* cannot be looked at by user \w+, who runs this/);
    assert.match(said('open/theirs.jsonl', {}, nobody), /theirs\.jsonl: it is not open to user \w+, who runs this, for reading and writing; .* run: chown \w+ .*theirs\.jsonl/);
    assert.equal(said('open/new.jsonl', rotating, nobody), '');
    fs.writeFileSync(at('closed/ours.jsonl'), '');
    fs.chownSync(at('closed/ours.jsonl'), 65534, 65534);
    assert.equal(said('closed/ours.jsonl', {}, nobody), '');
    assert.match(said('closed/ours.jsonl', rotating, nobody), /its directory .*\/closed is not open to user \w+/);
    // Root may access everything, and check does not judge the rights of others.
    for (const name of ['closed/e.jsonl', 'open/theirs.jsonl']) assert.equal(said(name, rotating), '');
});

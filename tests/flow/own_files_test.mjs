// A file sink and foreign files: those of the journal, of other sinks, of the configuration and of other
// programs.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Daemon, chathookd, configuration, readEvents, temporaryDirectory } from './support/daemon.mjs';
import { lynnBody, vendors } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

// Runs `check` with these sinks: {code, problems}. `prepare` is called first, with the directory, to make
// files.
function checked(t, sinks, prepare = () => {}) {
    const directory = temporaryDirectory(t);
    fs.mkdirSync(path.join(directory, 'journal'));
    fs.writeFileSync(path.join(directory, 'journal/journal.sqlite-wal'), 'x');
    prepare(directory);
    const named = typeof sinks === 'function' ? sinks(directory) : sinks;
    const file = path.join(directory, 'chathook.yaml');
    const routes = [{ to: Object.keys(named) }];
    fs.writeFileSync(file, JSON.stringify(configuration(directory, { sinks: named, routes })));
    const { code, out } = chathookd(['check', '--json', '--config', file], { cwd: directory });
    return { code, problems: JSON.parse(out).problems.filter(({ key }) => key.startsWith('sinks')) };
}

const file = (name, more = {}) => ({ type: 'file', path: name, ...more });
const rotating = { rotate: { size: '1KiB', keep: 3 } };

test('check refuses a sink that would write, rotate or repair a foreign file', (t) => {
    const refused = {
        'the journal': { a: file('journal/journal.sqlite-wal') },
        'a new file in its directory': { a: file('journal/events.jsonl') },
        'the journal by ..': { a: file('x/../journal/journal.sqlite') },
        'the journal by a symbolic link': { a: file('soft') },
        'the journal by a hard link': { a: file('hard') },
        'a rotated name that is a hard link to the journal': { a: file('e.jsonl', rotating) },
        'the configuration': { a: file('chathook.yaml') },
        'two names of one file': { a: file('one.jsonl'), b: file('link.jsonl') },
        'a name that another sink rotates to': { a: file('r.jsonl', rotating), b: file('r.jsonl.2') },
        'the same in the other order': { b: file('r.jsonl.2'), a: file('r.jsonl', rotating) },
    };
    for (const [what, sinks] of Object.entries(refused)) {
        const { code, problems } = checked(t, sinks, (directory) => {
            const at = (name) => path.join(directory, name);
            fs.mkdirSync(at('x'));
            fs.symlinkSync('journal/journal.sqlite-wal', at('soft'));
            fs.linkSync(at('journal/journal.sqlite-wal'), at('hard'));
            fs.linkSync(at('journal/journal.sqlite-wal'), at('e.jsonl.2'));
            fs.symlinkSync('one.jsonl', at('link.jsonl'));
        });
        assert.equal(code, 78, what);
        assert.equal(problems.length, 1, what);
        assert.equal(problems[0].severity, 'error', what);
        assert.match(problems[0].key, /^sinks\.[ab]\.path$/, what);
    }
});

test('check and the start refuse a sink that would write to the file of a secret or of certificates', (t) => {
    for (const name of ['lynn.secret', './x/../lynn.secret', 'soft', 'hard', 'e.jsonl', 'token', 'header', 'ca.pem']) {
        const directory = temporaryDirectory(t);
        const at = (entry) => path.join(directory, entry);
        const secret = (entry) => fs.writeFileSync(at(entry), `0123456789abcdef-${entry}\n`, { mode: 0o600 });
        ['lynn.secret', 'token', 'header'].forEach(secret);
        fs.writeFileSync(at('ca.pem'), '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n');
        fs.mkdirSync(at('x'));
        fs.symlinkSync('lynn.secret', at('soft'));
        fs.linkSync(at('lynn.secret'), at('hard'));
        fs.linkSync(at('lynn.secret'), at('e.jsonl.2'));
        const crm = { type: 'http', url: 'https://127.0.0.1:1/', tls: { ca: 'ca.pem' } };
        crm.headers = { Authorization: { file: 'header' } };
        const config = configuration(directory, {
            admin: { listen: '127.0.0.1:0', token: { file: 'token' } },
            sinks: { a: file(name, rotating), crm },
            sources: { lynn: { vendor: 'lynn', path: '/lynn', secret: { file: at('lynn.secret') } } },
            routes: [{ to: ['a', 'crm'] }],
        });
        fs.writeFileSync(at('chathook.yaml'), JSON.stringify(config));
        for (const command of ['check', 'serve']) {
            const { code, out, err } = chathookd([command, '--config', at('chathook.yaml')], { cwd: directory });
            assert.equal(code, 78, `${command} ${name}`);
            assert.match(err, /sinks\.a\.path: '.*' is.* file of [a-z.]+(secret|token|Authorization|ca)/, name);
            assert.doesNotMatch(out + err, /0123456789abcdef/);
        }
        assert.equal(fs.readFileSync(at('lynn.secret'), 'utf8'), '0123456789abcdef-lynn.secret\n');
    }
});

test('check warns of files that a sink will not touch: foreign lines, foreign rotated files, numbers beyond keep', (t) => {
    const { code, problems } = checked(t, { a: file('e.jsonl', rotating), b: file('/dev/null') }, (directory) => {
        fs.writeFileSync(path.join(directory, 'e.jsonl'), 'a header\n');
        for (let number = 1; number <= 30; ++number) fs.writeFileSync(path.join(directory, `e.jsonl.${number}`), 'old\n');
    });
    assert.equal(code, 0);
    const messages = problems.map(({ message }) => message).join('\n');
    assert.ok(problems.every(({ severity }) => severity === 'warning'));
    assert.match(messages, /e\.jsonl: its first line is not an event of chathookd/);
    assert.match(messages, /e\.jsonl\.1: is not a rotated file of this sink/);
    assert.match(messages, /e\.jsonl\.4 to \.30 stand behind rotate\.keep and are left alone/);
    assert.match(messages, /\/dev\/null: leads to a device/);
});

const sendSome = async (daemon, first, last) => {
    for (let i = first; i < last; ++i) assert.equal((await daemon.send('lynn', lynnBody(`own-${i}`))).status, 200);
};

test('a link that is changed to point into the journal while the daemon runs is not followed, and nothing is lost', async (t) => {
    const daemon = await Daemon.start(t, (directory) => {
        fs.symlinkSync('mine.jsonl', path.join(directory, 'link.jsonl'));
        return {
            sinks: { events: { ...file('link.jsonl'), retry: { initial: '50ms', max: '100ms' } } },
        };
    });
    const at = (name) => path.join(daemon.directory, name);
    await sendSome(daemon, 0, 5);
    await until('the first events', () => readEvents(at('mine.jsonl')).length === 5);
    fs.unlinkSync(at('link.jsonl'));
    fs.symlinkSync('journal/journal.sqlite-wal', at('link.jsonl'));
    daemon.signal('SIGUSR1');
    await sendSome(daemon, 5, 10);
    const failing = await until('the refusal', () => daemon.logs.find(({ event }) => event === 'sink_failing'));
    assert.match(failing.reason, /lies in the directory of the journal|a file of the journal/);
    fs.unlinkSync(at('link.jsonl'));
    fs.symlinkSync('mine.jsonl', at('link.jsonl'));
    await until('the other events', () => readEvents(at('mine.jsonl')).length === 10);
    await daemon.stop();
    const verified = chathookd(['verify-journal', at('journal')]);
    assert.equal(verified.code, 0, verified.out + verified.err);
});

test('a link that is changed to point to a secret while the daemon runs is not followed', async (t) => {
    const daemon = await Daemon.start(t, (directory) => {
        fs.writeFileSync(path.join(directory, 'secret'), `${vendors.lynn.secret}\n`, { mode: 0o600 });
        fs.symlinkSync('mine.jsonl', path.join(directory, 'link.jsonl'));
        const secret = { file: path.join(directory, 'secret') };
        return {
            sinks: { events: { ...file('link.jsonl'), retry: { initial: '50ms', max: '100ms' } } },
            sources: { lynn: { vendor: 'lynn', path: '/webhooks/lynn', secret } },
        };
    });
    const at = (name) => path.join(daemon.directory, name);
    fs.unlinkSync(at('link.jsonl'));
    fs.symlinkSync('secret', at('link.jsonl'));
    await sendSome(daemon, 0, 3);
    const failing = await until('the refusal', () => daemon.logs.find(({ event }) => event === 'sink_failing'));
    assert.match(failing.reason, /is already the file of sources\.lynn\.secret\.file/);
    assert.equal(fs.readFileSync(at('secret'), 'utf8'), `${vendors.lynn.secret}\n`);
});

test('a foreign file without a last line feed is left unchanged, and the sink says so', async (t) => {
    const theirs = '{"name":"someone-elses","important":true}';
    const daemon = await Daemon.start(t, (directory) => {
        fs.writeFileSync(path.join(directory, 'theirs'), theirs);
        return { sinks: { events: file('theirs') } };
    });
    await sendSome(daemon, 0, 3);
    const failing = await until('the refusal', () => daemon.logs.find(({ event }) => event === 'sink_failing'));
    assert.match(failing.reason, /that is not chathookd's/);
    assert.equal(fs.readFileSync(path.join(daemon.directory, 'theirs'), 'utf8'), theirs);
    const said = await daemon.logged('what check says', ({ event }) => event === 'configuration');
    assert.match(said.reason, /its first line is not an event of chathookd/);
});

test('a torn event is moved to a file of its own and written again', async (t) => {
    const daemon = await Daemon.start(t);
    await sendSome(daemon, 0, 2);
    await daemon.eventually(2);
    await daemon.stop();
    const whole = fs.readFileSync(daemon.eventsFile, 'utf8');
    const torn = whole.slice(0, 300);
    fs.appendFileSync(daemon.eventsFile, torn);
    await daemon.run();
    await sendSome(daemon, 2, 3);
    await daemon.eventually(3);
    assert.ok(fs.readFileSync(daemon.eventsFile, 'utf8').startsWith(whole));
    const beside = fs.readdirSync(daemon.directory).filter((name) => name.startsWith('events.jsonl.torn-'));
    assert.equal(beside.length, 1);
    assert.equal(fs.readFileSync(path.join(daemon.directory, beside[0]), 'utf8'), torn);
    await daemon.logged('where it is kept', ({ event, kept_in }) => event === 'file_mended' && kept_in.endsWith(beside[0]));
});

test('thirty numbered files of another program all survive a rotation of the sink', async (t) => {
    const daemon = await Daemon.start(t, (directory) => {
        for (let n = 4; n <= 33; ++n) fs.writeFileSync(path.join(directory, `events.jsonl.${n}`), `old ${n}\n`);
        return { sinks: { events: file('events.jsonl', rotating) } };
    });
    await sendSome(daemon, 0, 12);
    const deleted = await until('a deletion', () => daemon.logs.find(({ event }) => event === 'rotated_file_deleted'));
    assert.match(deleted.path, /events\.jsonl\.3$/);
    for (let n = 4; n <= 33; ++n)
        assert.equal(fs.readFileSync(path.join(daemon.directory, `events.jsonl.${n}`), 'utf8'), `old ${n}\n`);
});

test('SIGUSR1 closes the old file even if no event arrives', async (t) => {
    const daemon = await Daemon.start(t);
    await sendSome(daemon, 0, 1);
    await daemon.eventually(1);
    const holds = () =>
        fs.readdirSync(`/proc/${daemon.child.pid}/fd`).some((fd) => {
            try {
                return fs.readlinkSync(`/proc/${daemon.child.pid}/fd/${fd}`).includes('events.jsonl');
            } catch {
                return false;
            }
        });
    assert.ok(holds());
    fs.renameSync(daemon.eventsFile, `${daemon.eventsFile}.1`);
    daemon.signal('SIGUSR1');
    await until('the descriptor to be closed', () => !holds());
});

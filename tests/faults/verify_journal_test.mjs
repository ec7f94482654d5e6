// chathookd verify-journal: what it reports for an intact journal and for damaged ones, and that it changes
// nothing.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { chathookd, Daemon, temporaryDirectory } from '../flow/support/daemon.mjs';
import { Load } from '../flow/support/load.mjs';

const names = ['journal.sqlite', 'journal.sqlite-wal', 'lock'];

// A snapshot of the directory: names, contents, times.
function fingerprint(directory) {
    return fs.readdirSync(directory).sort().map((name) => {
        const file = path.join(directory, name);
        const { size, mtimeMs, mode } = fs.statSync(file);
        return [name, size, mtimeMs, mode, createHash('sha256').update(fs.readFileSync(file)).digest('hex')].join();
    });
}

const verify = (directory, ...more) => chathookd(['verify-journal', directory, ...more]);

// A journal with 50 events: stopped, or as kill -9 left it.
async function journalWith50(t, end) {
    const daemon = await Daemon.start(t);
    const load = new Load('verify', { connections: 1 });
    await load.send(daemon, 0, 50);
    await daemon.eventually(50);
    if (end === 'running') return { daemon, directory: daemon.config.journal.path };
    await daemon[end]();
    const directory = path.join(temporaryDirectory(t), 'journal');
    fs.mkdirSync(directory);
    for (const name of names) {
        const from = path.join(daemon.config.journal.path, name);
        if (fs.existsSync(from)) fs.copyFileSync(from, path.join(directory, name));
    }
    return { daemon, directory };
}

function flip(file, at) {
    const bytes = fs.readFileSync(file);
    bytes[at] ^= 4;
    fs.writeFileSync(file, bytes);
}

test('a stopped journal is reported as intact, and no byte of it changes', async (t) => {
    const { directory } = await journalWith50(t, 'stop');
    const before = fingerprint(directory);
    const said = verify(directory);
    assert.equal(said.code, 0, said.err);
    assert.match(said.out, /^log +clean/m);
    assert.match(said.out, /^events +50 of sequences 1 to 50/m);
    assert.match(said.out, /^sink events +settled up to 50, 0 waiting, 0 dead letters/m);
    assert.match(said.out, /^verdict +fine$/m);
    assert.deepEqual(fingerprint(directory), before);
});

test('a journal left by a crash is reported as intact, log included, and no byte of it changes', async (t) => {
    const { directory } = await journalWith50(t, 'kill');
    assert.ok(fs.statSync(path.join(directory, 'journal.sqlite-wal')).size > 0);
    const before = fingerprint(directory);
    const said = verify(directory, '--json');
    assert.equal(said.code, 0, said.err);
    const report = JSON.parse(said.out);
    assert.equal(report.events, 50);
    assert.equal(report.log.verdict, 'clean');
    assert.ok(report.log.commits > 0);
    assert.deepEqual(fingerprint(directory), before);
});

test('a journal in use is refused with exit code 75', async (t) => {
    const { directory } = await journalWith50(t, 'running');
    const said = verify(directory);
    assert.equal(said.code, 75);
    assert.match(said.err, /in use by a chathookd; stop it first/);
});

test('a flipped bit in the log gives exit code 65, and the daemon does not start with it', async (t) => {
    const { daemon, directory } = await journalWith50(t, 'kill');
    const log = path.join(directory, 'journal.sqlite-wal');
    flip(log, Math.floor(fs.statSync(log).size / 2));
    const said = verify(directory);
    assert.equal(said.code, 65);
    assert.match(said.out, /^log +damaged in the middle: at least \d+ commits/m);
    assert.match(said.out, /^verdict +DAMAGED$/m);

    daemon.configure({ ...daemon.config, journal: { ...daemon.config.journal, path: directory } });
    const start = chathookd(['serve', '--config', daemon.configFile]);
    assert.equal(start.code, 74);
    assert.match(start.out + start.err, /journal_log_damaged/);
    assert.match(start.out + start.err, /set journal\.on_damage: go_on/);
    assert.equal(fs.readdirSync(path.join(directory, 'quarantine')).length, 1);

    daemon.configure({ ...daemon.config, journal: { ...daemon.config.journal, on_damage: 'go_on' } });
    await daemon.run();
    assert.equal((await daemon.stop()).code, 0);
    assert.equal(verify(directory).code, 0);
});

test('a record with a wrong checksum is named by its sequence', async (t) => {
    const { directory } = await journalWith50(t, 'stop');
    const database = path.join(directory, 'journal.sqlite');
    flip(database, fs.readFileSync(database).indexOf('verify-41"') + 1);
    const said = verify(directory, '--json');
    assert.equal(said.code, 65);
    const report = JSON.parse(said.out);
    assert.equal(report.bad_checksums.count, 1);
    assert.deepEqual(report.bad_checksums.first, [42]);
    assert.deepEqual(report.integrity, []);
});

test('anything but a journal gives exit code 74', (t) => {
    const directory = temporaryDirectory(t);
    assert.equal(verify(path.join(directory, 'nowhere')).code, 74);
    fs.writeFileSync(path.join(directory, 'journal.sqlite'), '');
    const said = verify(directory);
    assert.equal(said.code, 74);
    assert.match(said.err, /is no journal/);
});

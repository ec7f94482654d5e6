// config/chathook.service, the sockets, .sysusers and .tmpfiles, checked by systemd's own tools.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { binary, repository, temporaryDirectory } from './support/daemon.mjs';

const exposureAllowed = 15; // in tenths: 1.5 of 10
const shipped = (name) => path.join(repository, 'config', name);
const unit = fs.readFileSync(shipped('chathook.service'), 'utf8');

function run(command, args) {
    const done = spawnSync(command, args, { encoding: 'utf8' });
    if (done.error) throw done.error;
    return { code: done.status, text: done.stdout + done.stderr };
}

// The result of `systemd-analyze security` for a unit file with this text.
function judge(t, text) {
    const file = path.join(temporaryDirectory(t), 'chathook.service');
    fs.writeFileSync(file, text);
    return run('systemd-analyze', ['security', '--offline=true', `--threshold=${exposureAllowed}`, file]);
}

test('the unit removes privileges that the daemon does not need: exposure at most 1.5', (t) => {
    const { code, text } = judge(t, unit);
    assert.equal(code, 0, text);
    const exposure = Number(/Overall exposure level for chathook\.service: ([\d.]+)/.exec(text)[1]);
    assert.ok(exposure <= exposureAllowed / 10, text);
});

test('a unit with all capabilities and full access to the system is detected', (t) => {
    const careless = unit.replace(/^(CapabilityBoundingSet|ProtectSystem|SystemCallFilter)=.*\n/gm, '');
    assert.notEqual(careless, unit);
    const { code, text } = judge(t, careless);
    assert.notEqual(code, 0, text);
});

test('systemd accepts the service and the sockets without a warning', (t) => {
    const directory = temporaryDirectory(t);
    const service = path.join(directory, 'chathook.service');
    const sockets = ['chathook.socket', 'chathook-admin.socket'];
    fs.writeFileSync(service, unit.replaceAll('/usr/bin/chathookd', binary));
    for (const name of sockets) fs.copyFileSync(shipped(name), path.join(directory, name));
    const files = [service, ...sockets.map((name) => path.join(directory, name))];
    const { code, text } = run('systemd-analyze', ['verify', '--man=no', ...files]);
    const ours = text.split('\n').filter((line) => line.includes('chathook'));
    assert.deepEqual(ours, []);
    assert.equal(code, 0, text);
});

test('a directive that systemd does not know is detected', (t) => {
    const file = path.join(temporaryDirectory(t), 'chathook.service');
    fs.writeFileSync(file, unit.replaceAll('/usr/bin/chathookd', binary).replace('UMask=', 'UMaks='));
    const { text } = run('systemd-analyze', ['verify', '--man=no', file]);
    assert.match(text, /Unknown key 'UMaks' in section/);
});

const asRoot = { skip: process.getuid() !== 0 && 'only root may give files to other users' };

test('sysusers and tmpfiles make the user and the directories, with secrets for root only', asRoot, (t) => {
    const root = temporaryDirectory(t);
    fs.mkdirSync(path.join(root, 'etc'));
    const users = run('systemd-sysusers', [`--root=${root}`, shipped('chathook.sysusers')]);
    assert.equal(users.code, 0, users.text);
    assert.match(
        fs.readFileSync(path.join(root, 'etc/passwd'), 'utf8'),
        /^chathook:.*:\/usr\/sbin\/nologin$/m,
    );
    const files = run('systemd-tmpfiles', [`--root=${root}`, '--create', shipped('chathook.tmpfiles')]);
    assert.equal(files.code, 0, files.text);
    assert.equal(fs.statSync(path.join(root, 'etc/chathook/secrets')).mode & 0o777, 0o700);
});

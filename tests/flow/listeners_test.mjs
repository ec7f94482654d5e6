// Listening addresses other than TCP: UNIX sockets with a mode and a group, and sockets passed by systemd.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { chathookd, configuration, Daemon, temporaryDirectory } from './support/daemon.mjs';
import { request } from './support/http.mjs';
import { accepts, freePort } from './support/ports.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody, signed } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const token = 'a-token-of-twenty-four-b';
const authorization = { authorization: `Bearer ${token}` };

function postOver(socketPath, conversation) {
    const body = lynnBody(conversation);
    const headers = signed('lynn', body);
    return request('http://localhost/webhooks/lynn', { method: 'POST', headers, body, socketPath });
}

test('a UNIX socket has its mode and group, receives webhooks, and is removed at the stop', async (t) => {
    const group = 'nogroup';
    const gid = Number(/^nogroup:[^:]*:(\d+):/m.exec(fs.readFileSync('/etc/group', 'utf8'))[1]);
    const root = process.getuid() === 0; // other users may give a file only to their own groups
    const daemon = await Daemon.start(t, (directory) => ({
        server: {
            listen: [
                { unix: path.join(directory, 'http.sock'), mode: '0620', ...(root && { group }) },
                '127.0.0.1:0',
            ],
            threads: 1,
        },
        admin: { listen: { unix: path.join(directory, 'admin.sock'), mode: '0600' } },
    }));
    const file = path.join(daemon.directory, 'http.sock');
    const status = fs.statSync(file);
    assert.equal(status.mode & 0o7777, 0o620);
    if (root) assert.equal(status.gid, gid);
    assert.equal(fs.statSync(path.join(daemon.directory, 'admin.sock')).mode & 0o7777, 0o600);
    assert.equal((await postOver(file, 'over the socket')).status, 200);
    assert.equal((await daemon.eventually(1))[0].subject, 'over the socket');
    await daemon.stop();
    assert.ok(!fs.existsSync(file));
});

test('the socket of a killed process is replaced; a file that is not a socket makes the start fail', async (t) => {
    const daemon = await Daemon.start(t, (directory) => ({
        server: { listen: [`unix:${path.join(directory, 'http.sock')}`], threads: 1 },
    }));
    const file = path.join(daemon.directory, 'http.sock');
    await daemon.kill();
    assert.ok(fs.existsSync(file), 'it was left behind');
    await daemon.run();
    assert.equal((await postOver(file, 'again')).status, 200);
    await daemon.stop();

    fs.writeFileSync(file, 'precious');
    const { code, err, out } = chathookd(['serve', '--config', daemon.configFile], { cwd: daemon.directory });
    assert.equal(code, 69, err);
    assert.match(out + err, /cannot listen on unix:.*http\.sock: there is a file of that name/);
    assert.equal(fs.readFileSync(file, 'utf8'), 'precious');
});

// Runs the daemon under systemd's own tool for testing sockets, which starts it with the first connection.
async function underSystemd(t, config, listen, names, environment = () => []) {
    const directory = temporaryDirectory(t);
    const daemon = new Daemon(directory, configuration(directory, config(directory)));
    undo(t, () => daemon.end());
    const sockets = listen(directory).flatMap((address) => ['-l', address]);
    const variables = environment(directory).map((variable) => `--setenv=${variable}`);
    const under = ['systemd-socket-activate', ...sockets, ...variables, `--fdname=${names.join(':')}`];
    return { daemon, running: daemon.run({ under }) };
}

test('systemd passes the sockets of both addresses by their names', async (t) => {
    const port = await freePort();
    const { daemon, running } = await underSystemd(
        t,
        () => ({
            server: { listen: ['systemd:webhooks'], threads: 1 },
            admin: { listen: 'systemd:admin', token: { value: token } },
        }),
        (directory) => [path.join(directory, 'admin.sock'), `127.0.0.1:${port}`],
        ['admin', 'webhooks'],
    );
    await until('systemd to listen', () => accepts(port));
    await running;
    assert.equal(daemon.url, `http://127.0.0.1:${port}`);
    assert.equal(daemon.adminAddress, `unix:${path.join(daemon.directory, 'admin.sock')}`);
    assert.equal((await daemon.send('lynn', lynnBody('activated'))).status, 200);
    assert.equal((await daemon.eventually(1))[0].subject, 'activated');
    assert.equal((await daemon.admin('/metrics')).status, 401);
    assert.equal((await daemon.admin('/metrics', { headers: authorization })).status, 200);
    await daemon.stop();
    assert.ok(fs.existsSync(path.join(daemon.directory, 'admin.sock')), "the socket is systemd's, and stays");
});

test('a command reaches a daemon behind a socket of systemd with --admin and --token', async (t) => {
    const port = await freePort();
    const { daemon, running } = await underSystemd(
        t,
        (directory) => {
            fs.mkdirSync(path.join(directory, 'credentials'));
            fs.writeFileSync(path.join(directory, 'credentials', 'secret_admin'), `${token}\n`, { mode: 0o400 });
            return {
                server: { listen: ['systemd:webhooks'], threads: 1 },
                admin: { listen: 'systemd:admin', token: { credential: 'secret_admin' } },
            };
        },
        (directory) => [path.join(directory, 'admin.sock'), `127.0.0.1:${port}`],
        ['admin', 'webhooks'],
        (directory) => [`CREDENTIALS_DIRECTORY=${path.join(directory, 'credentials')}`],
    );
    await until('systemd to listen', () => accepts(port));
    await running;
    assert.equal((await daemon.send('lynn', lynnBody('held'))).status, 200);
    const source = path.join(daemon.directory, 'credentials', 'secret_admin');
    const list = (...args) => chathookd(['events', 'list', '--json', ...args]);
    const config = ['--config', daemon.configFile];
    const admin = ['--admin', daemon.adminAddress];

    const unknown = list(...config);
    assert.equal(unknown.code, 78, unknown.err);
    assert.match(unknown.err, /chathook\.yaml:\d+: admin\.listen: 'systemd:admin' says only .*--admin unix:\/PATH/);
    assert.match(unknown.err, /chathook\.yaml:\d+: admin\.token: systemd hands the credential 'secret_admin' .*--token file:PATH/);
    const denied = list(...admin);
    assert.equal(denied.code, 64, denied.err);
    assert.match(denied.err, /answered 401: it wants its admin token; give it with --token env:NAME or --token file:PATH/);

    for (const given of [[...admin, '--token', `file:${source}`], [...config, ...admin, '--token', 'env:ADMIN_TOKEN']]) {
        const { code, out, err } = chathookd(['events', 'list', '--json', ...given], { env: { ADMIN_TOKEN: token } });
        assert.equal(code, 0, err);
        assert.equal(JSON.parse(out).event.subject, 'held');
    }
    fs.writeFileSync(daemon.configFile, JSON.stringify({ ...daemon.config, admin: { listen: 'systemd:admin', token: { file: source } } }));
    assert.equal(list(...config, ...admin).code, 0, 'the token of the configuration at the given address');
});

test('a name that systemd does not pass, or a socket that no address names, makes the start fail', async (t) => {
    for (const [address, complaint] of [
        ['systemd:other', /the socket webhooks, which no address names; listen on systemd:webhooks/],
        ['127.0.0.1:0', /the socket webhooks, which no address names/],
    ]) {
        const port = await freePort();
        const { daemon, running } = await underSystemd(
            t,
            () => ({ server: { listen: [address], threads: 1 } }),
            () => [`127.0.0.1:${port}`],
            ['webhooks'],
        );
        running.catch(() => {}); // it never listens
        await until('systemd to listen', () => accepts(port));
        await until('the end', () => daemon.exited);
        assert.equal(daemon.exited.code, 69);
        assert.match(daemon.lines.join('\n'), complaint);
    }
    const directory = temporaryDirectory(t);
    const changes = { server: { listen: ['systemd:webhooks'], threads: 1 } };
    const daemon = new Daemon(directory, configuration(directory, changes));
    const { code, out, err } = chathookd(['serve', '--config', daemon.configFile], { cwd: directory });
    assert.equal(code, 69);
    assert.match(out + err, /cannot listen on systemd:webhooks: systemd handed over no such socket/);
});

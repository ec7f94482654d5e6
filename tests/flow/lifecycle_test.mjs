// Starting, stopping, reloading, and continuing after a restart.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import test from 'node:test';

import {
    binary,
    chathookd,
    configuration,
    Daemon,
    readEvents,
    temporaryDirectory,
} from './support/daemon.mjs';
import { post, RawConnection } from './support/http.mjs';
import { Load } from './support/load.mjs';
import { accepts, freePort } from './support/ports.mjs';
import { Receiver } from './support/receiver.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody, signed } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const httpSink = (receiver, more = {}) => ({
    type: 'http',
    url: receiver.url,
    payload: 'cloudevents',
    allow_private: true,
    retry: { initial: '50ms', max: '200ms' },
    ...more,
});

test('a request that is half read at SIGTERM is answered and delivered, and the exit code is 0', async (t) => {
    const daemon = await Daemon.start(t);
    const body = lynnBody('in flight');
    const connection = await RawConnection.open(daemon.url);
    connection.send(
        'POST /webhooks/lynn HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n' +
            `X-Lynn-Hmac-Sha256: ${signed('lynn', body)['x-lynn-hmac-sha256']}\r\n` +
            `Content-Length: ${body.length}\r\n\r\n`,
    );
    await until('100 Continue', () => connection.received.startsWith('HTTP/1.1 100 '));
    connection.received = '';
    connection.send(body.slice(0, 50));

    daemon.signal('SIGTERM');
    await until('the stop', () => daemon.logs.some((line) => line.event.startsWith('stopping')));
    connection.send(body.slice(50));
    await until('the answer', () => connection.status);
    assert.equal(connection.status, 200);
    assert.deepEqual(await daemon.exit, { code: 0, signal: null });
    await daemon.run();
    await daemon.eventually(1);
});

test('SIGHUP and SIGUSR1 during a stop do not end it early: connected clients are still served', async (t) => {
    const daemon = await Daemon.start(t, {
        server: { listen: ['127.0.0.1:0'], threads: 1, limits: { drain_timeout: '10s' } },
    });
    const connection = await RawConnection.open(daemon.url);
    const ask = 'GET /elsewhere HTTP/1.1\r\nHost: localhost\r\n\r\n';
    connection.send(ask);
    await until('an answer before', () => connection.status === 404);
    assert.doesNotMatch(connection.received, /Connection: close/);
    connection.received = '';
    daemon.signal('SIGTERM');
    await until('the stop', () => daemon.logs.some(({ event }) => event === 'stopping'));
    daemon.signal('SIGHUP');
    daemon.signal('SIGUSR1');
    await until('the listener to close', async () => !(await accepts(Number(new URL(daemon.url).port))));
    connection.send(ask);
    await until('the last answer', () => connection.status === 404);
    assert.match(connection.received, /Connection: close/);
    connection.close();
    assert.deepEqual(await daemon.exit, { code: 0, signal: null });
});

test('SIGTERM under load: every event answered 200 is delivered, and the exit code is 0', async (t) => {
    const daemon = await Daemon.start(t);
    const load = new Load('sigterm', { connections: 32 });
    const sending = load.send(daemon, 0, 1_000_000, () => daemon.exited);
    await until('five hundred answers', () => load.answered.size >= 500);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    await sending;
    await daemon.run();
    const subjects = await until('everything answered', () => {
        const found = new Set(daemon.events.map((event) => event.subject));
        return [...load.answered].every((conversation) => found.has(conversation)) && found;
    });
    assert.ok(subjects.size >= 500);
    for (const status of load.statuses.keys())
        assert.equal(status, 503, 'an answer that is no 200 asks for a retry');
});

test('events that a receiver missed while down arrive later, also after a restart; others are not delayed', async (t) => {
    const receiver = await Receiver.start(t);
    const daemon = await Daemon.start(t, {
        sinks: { events: { type: 'file', path: 'events.jsonl' }, crm: httpSink(receiver) },
        routes: [{ to: ['events', 'crm'] }],
    });
    await daemon.send('lynn', lynnBody('one'));
    await until('the first at the receiver', () => receiver.requests.length === 1);

    await receiver.close();
    for (const conversation of ['two', 'three', 'four']) await daemon.send('lynn', lynnBody(conversation));
    await daemon.eventually(4);
    await until('a retry to be counted', () =>
        daemon.metric('chathook_deliveries_total', { sink: 'crm', outcome: 'retried' }),
    );
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    await daemon.run();
    assert.ok((await daemon.metric('chathook_sink_backlog_events', { sink: 'crm' })) >= 0);
    await receiver.up();
    await until('the rest at the receiver', () => receiver.requests.length >= 4);
    assert.deepEqual(
        receiver.events.map((event) => event.subject),
        ['one', 'two', 'three', 'four'],
    );
    assert.equal(daemon.events.length, 4, 'the file sink had its events already');
});

test('a receiver that answers 503 with Retry-After is retried and gets every event once', async (t) => {
    const receiver = await Receiver.start(t);
    let refusals = 2;
    receiver.answer = () =>
        refusals-- > 0 ? { status: 503, headers: { 'retry-after': '0' } } : { status: 200 };
    const daemon = await Daemon.start(t, { sinks: { crm: httpSink(receiver) }, routes: [{ to: ['crm'] }] });
    await daemon.send('lynn', lynnBody('patience'));
    await until('the event at the receiver', () => receiver.requests.length === 1);
    assert.equal(await daemon.metric('chathook_dead_letters', { sink: 'crm' }), 0);
});

for (const signal of ['SIGUSR1', 'SIGHUP']) {
    test(`${signal} after logrotate moved the file: events go to a new one, each once`, async (t) => {
        const daemon = await Daemon.start(t);
        const sent = ['before'];
        await daemon.send('lynn', lynnBody('before'));
        await daemon.eventually(1);
        const moved = `${daemon.eventsFile}.1`;
        fs.renameSync(daemon.eventsFile, moved);
        daemon.signal(signal);
        await until('an event in the new file', async () => {
            sent.push(`after ${sent.length}`);
            await daemon.send('lynn', lynnBody(sent.at(-1)));
            return daemon.events.length > 0;
        });
        const subjects = () => [...readEvents(moved), ...daemon.events].map((event) => event.subject);
        await until('every event in one of the two', () => subjects().length >= sent.length);
        assert.deepEqual(subjects(), sent);
    });
}

test('SIGHUP applies a new configuration as a whole, without dropping a connection', async (t) => {
    const daemon = await Daemon.start(t);
    const connection = await RawConnection.open(daemon.url);
    connection.send('GET /elsewhere HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until('an answer before', () => connection.status === 404);
    connection.received = '';

    const changed = structuredClone(daemon.config);
    const secret = 'a-secret-of-the-new-source';
    changed.sources['lynn-new'] = { vendor: 'lynn', path: '/webhooks/new', secret: { value: secret } };
    changed.sources.lynn.secret = { value: 'a-secret-after-rotation' };
    daemon.configure(changed);
    daemon.signal('SIGHUP');
    await until('the reload', () => daemon.logs.some((line) => line.event.startsWith('reloaded')));

    const body = lynnBody('reloaded');
    const answer = await daemon.send('lynn', body, { headers: signed('lynn', body, secret), source: 'new' });
    assert.equal(answer.status, 200);
    assert.equal((await daemon.send('lynn', body)).status, 401, 'the old secret is gone');
    connection.send('GET /webhooks/new HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until('an answer after', () => connection.status === 405);
    connection.close();
});

test('SIGHUP with a broken configuration changes nothing and says why', async (t) => {
    const daemon = await Daemon.start(t);
    const good = daemon.config;
    const broken = structuredClone(good);
    broken.sources.lynn.secret = { value: 'a-secret-that-would-be-new' };
    broken.sources.chatbase.vendor = 'nobody';
    daemon.configure(broken);
    daemon.signal('SIGHUP');
    await until('the refusal', () =>
        daemon.logs.some((line) => line.event.startsWith('reload') && line.level === 'error'),
    );
    assert.equal((await daemon.send('lynn', lynnBody('as before'))).status, 200);
    await daemon.eventually(1);
});

test('a second daemon on the same journal ends with 75 and leaves the first one alone', async (t) => {
    const daemon = await Daemon.start(t);
    const second = chathookd(['serve', '--config', daemon.configFile], { cwd: daemon.directory });
    assert.equal(second.code, 75, second.err);
    assert.equal((await daemon.send('lynn', lynnBody('still here'))).status, 200);
});

test('a socket of systemd is used, and the webhook that started the daemon is answered', async (t) => {
    const directory = temporaryDirectory(t);
    const daemon = new Daemon(directory, configuration(directory, { server: { listen: ['systemd'] } }));
    const port = await freePort();
    const command = [`--listen=127.0.0.1:${port}`, binary, 'serve', '--config', daemon.configFile];
    const child = spawn('systemd-socket-activate', command, { cwd: directory, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('close', (code) => resolve(code)));
    undo(t, () => child.kill('SIGKILL'));
    await until('the socket', () => accepts(port));
    const body = lynnBody('who wakes it');
    const answer = await post(`http://127.0.0.1:${port}/webhooks/lynn`, signed('lynn', body), body);
    assert.equal(answer.status, 200);
    await daemon.eventually(1);
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
});

test('socket activation without a socket ends with 69 and says what to start', (t) => {
    const directory = temporaryDirectory(t);
    const daemon = new Daemon(directory, configuration(directory, { server: { listen: ['systemd'] } }));
    const { code, out, err } = chathookd(['serve', '--config', daemon.configFile], { cwd: directory });
    assert.equal(code, 69, out + err);
    assert.match(out + err, /start its \.socket unit first/);
});

test('a wrong configuration ends serve with 78 before it listens', async (t) => {
    const daemon = await Daemon.start(t);
    await daemon.stop();
    daemon.configure({
        ...daemon.config,
        sources: { lynn: { vendor: 'lynn', path: '/x', secret: { value: '' } } },
    });
    const { code, out, err } = chathookd(['serve', '--config', daemon.configFile], { cwd: daemon.directory });
    assert.equal(code, 78);
    assert.match(err, /sources\.lynn\.secret/);
    assert.doesNotMatch(out + err, /listening/);
});

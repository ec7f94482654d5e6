// HTTPS without a proxy: a real certificate, a client certificate, and new ones on SIGHUP.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import test from 'node:test';

import { chathookd, configuration, Daemon, temporaryDirectory } from './support/daemon.mjs';
import { post, RawConnection } from './support/http.mjs';
import { lynnBody, signed } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

// Makes a self-signed certificate and its key in `directory`.
function makeCertificate(directory, name) {
    const file = (extension) => path.join(directory, `${name}.${extension}`);
    const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const files = ['-keyout', file('key'), '-out', file('pem')];
    execFileSync('openssl', ['req', ...kind, ...files, ...subject], { stdio: 'ignore' });
    return { certificate: file('pem'), key: file('key') };
}

const serverWith = (tls) => ({ server: { listen: ['127.0.0.1:0'], threads: 2, tls } });

// Posts a genuine webhook over TLS and returns the status.
async function send(daemon, conversation, agent) {
    const body = lynnBody(conversation);
    const url = `${daemon.url.replace('http:', 'https:')}/webhooks/lynn`;
    return (await post(url, signed('lynn', body), body, agent)).status;
}

const trusting = (t, tls, more = {}) => {
    const ca = fs.readFileSync(tls.certificate);
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca, ...more });
    t.after(() => agent.destroy());
    return agent;
};

test('a webhook over HTTPS is accepted, and a plain HTTP connection is closed without harm', async (t) => {
    const tls = makeCertificate(temporaryDirectory(t), 'first');
    const daemon = await Daemon.start(t, serverWith(tls));
    assert.equal(await send(daemon, 'encrypted', trusting(t, tls)), 200);
    const plain = await RawConnection.open(daemon.url);
    plain.send('POST /webhooks/lynn HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n');
    await until('the end', () => plain.ended);
    assert.doesNotMatch(plain.received, /HTTP/);
    assert.deepEqual(
        (await daemon.eventually(1)).map((event) => event.subject),
        ['encrypted'],
    );
});

test('SIGHUP applies a new certificate to new connections; open ones continue', async (t) => {
    const directory = temporaryDirectory(t);
    const tls = makeCertificate(directory, 'first');
    const daemon = await Daemon.start(t, serverWith(tls));
    const old = trusting(t, tls);
    assert.equal(await send(daemon, 'before', old), 200);

    const renewed = makeCertificate(directory, 'renewed');
    fs.renameSync(renewed.certificate, tls.certificate);
    fs.renameSync(renewed.key, tls.key);
    daemon.signal('SIGHUP');
    await until('the reload', () => daemon.logs.some((line) => line.event === 'reloaded'));

    assert.equal(await send(daemon, 'open', old), 200, 'the open connection goes on');
    assert.equal(await send(daemon, 'new', trusting(t, tls)), 200, 'a new one sees the new certificate');
    await daemon.eventually(3);
});

test('SIGHUP with a key of another certificate changes nothing, and check says why', async (t) => {
    const directory = temporaryDirectory(t);
    const tls = makeCertificate(directory, 'first');
    const daemon = await Daemon.start(t, serverWith(tls));
    const trusted = trusting(t, tls);
    const other = makeCertificate(directory, 'other');
    const changed = structuredClone(daemon.config);
    changed.server.tls.key = other.key;
    changed.sources.lynn.secret = { value: 'a-secret-that-would-be-new' };
    daemon.configure(changed);
    daemon.signal('SIGHUP');
    await until('the refusal', () => daemon.logs.some((line) => line.event === 'reload_refused'));
    const { reason: problem } = daemon.logs.find((line) => line.level === 'error' && line.event === 'configuration');
    assert.match(problem, /chathook\.yaml:\d+: server\.tls\.key: '.*other\.key' is not the key of/);
    assert.equal(await send(daemon, 'as before', trusted), 200);

    const { code, err } = chathookd(['check', '--config', daemon.configFile]);
    assert.equal(code, 78);
    assert.ok(err.includes(problem), err);
});

test('serve does not start with an invalid certificate', (t) => {
    const directory = temporaryDirectory(t);
    const tls = makeCertificate(directory, 'first');
    fs.writeFileSync(tls.certificate, 'nothing\n');
    const daemon = new Daemon(directory, configuration(directory, serverWith(tls)));
    const { code, err } = chathookd(['serve', '--config', daemon.configFile], { cwd: directory });
    assert.equal(code, 78);
    assert.match(err, /server\.tls\.certificate: .* holds no usable certificate/);
});

test('with client_ca a client without a certificate of that authority is rejected', async (t) => {
    const directory = temporaryDirectory(t);
    const tls = makeCertificate(directory, 'first');
    const friend = makeCertificate(directory, 'friend'); // self-signed: its own authority
    const stranger = makeCertificate(directory, 'stranger');
    const daemon = await Daemon.start(t, serverWith({ ...tls, client_ca: friend.certificate }));
    const bearing = ({ certificate, key }) => ({
        cert: fs.readFileSync(certificate),
        key: fs.readFileSync(key),
    });
    assert.equal(await send(daemon, 'friend', trusting(t, tls, bearing(friend))), 200);
    await assert.rejects(send(daemon, 'nobody', trusting(t, tls)));
    await assert.rejects(send(daemon, 'stranger', trusting(t, tls, bearing(stranger))));
    const reason = () => daemon.logs.some((line) => line.event === 'tls_handshake_failed');
    await until('the reason in the log', reason);
    assert.deepEqual(
        (await daemon.eventually(1)).map((event) => event.subject),
        ['friend'],
    );
});

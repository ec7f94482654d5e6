// The three proxies with the configurations in config/proxies, on loopback in front of a daemon. Only
// addresses and files are replaced, and the caller's `changes`, each [from, to]. Each returns {port,
// upstream(), reload()}: upstream() gives the requests that its log says it passed on, as [{client, status}];
// reload() reloads the same configuration like the proxy's unit, and waits until new processes or servers are
// in charge.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';

import { repository, temporaryDirectory } from './daemon.mjs';
import { startNginx } from './nginx.mjs';
import { accepts, freePort } from './ports.mjs';
import { undo } from './undo.mjs';
import { until } from './wait.mjs';

const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '');
const linesOf = (file) => read(file).split('\n').filter(Boolean);

// The shipped configuration with each of `places`, [from, to], replaced.
function placed(name, places) {
    return places.reduce((text, [from, to]) => {
        const next = text.replace(from, to);
        assert.notEqual(next, text, `config/proxies/${name} holds ${from}`);
        return next;
    }, read(path.join(repository, 'config/proxies', name)));
}

// A key and a self-signed certificate for hooks.example.com.
export function makeCertificate(directory) {
    const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => path.join(directory, name));
    const made = spawnSync('openssl', [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-subj', '/CN=hooks.example.com', '-addext', 'subjectAltName=DNS:hooks.example.com'],
        ...['-days', '2', '-keyout', key, '-out', certificate],
    ]);
    assert.equal(made.status, 0, String(made.stderr));
    return { key, certificate };
}

export async function nginx(t, daemon, changes = []) {
    const directory = temporaryDirectory(t);
    const port = await freePort();
    const { key, certificate } = makeCertificate(directory);
    const server = placed('nginx.conf', [
        ['listen 443', `listen 127.0.0.1:${port}`],
        [/^ *listen \[::\]:443.*\n/m, ''],
        [/ssl_certificate .*;/, `ssl_certificate ${certificate};`],
        [/ssl_certificate_key .*;/, `ssl_certificate_key ${key};`],
        ['127.0.0.1:8080', new URL(daemon.url).host],
        ...changes,
    ]);
    const file = path.join(directory, 'passed.log');
    const logged = server.replace(/^server \{/m, `$&\n    access_log ${file} passed;`);
    const format = "log_format passed '$remote_addr $upstream_status';\n";
    const { pid } = await startNginx(t, directory, port, format + logged, [], { master: true });
    const reload = () => renewed('nginx', pid, 'SIGHUP');
    const upstream = () =>
        linesOf(file).flatMap((line) => {
            const [client, ...statuses] = line.split(/[ ,]+/);
            const passed = statuses.filter((status) => status !== '-');
            return passed.map((status) => ({ client, status: Number(status) }));
        });
    return { port, certificate, upstream, reload };
}

// Tells a process with workers to reload its configuration, and waits until a worker has started with it.
async function renewed(program, pid, signal) {
    const workers = () => read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
    const before = workers();
    process.kill(pid, signal);
    await until(`${program} to have a new worker`, () => workers().some((worker) => !before.includes(worker)));
}

// Starts a program whose output goes to a file, and waits until `port` is open.
async function startProgram(t, directory, port, program, args) {
    const output = path.join(directory, 'output.log');
    const to = fs.openSync(output, 'a');
    const env = { ...process.env, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory };
    const child = spawn(program, args, { stdio: ['ignore', to, to], cwd: directory, env });
    fs.closeSync(to);
    const ended = new Promise((resolve) => child.once('close', resolve));
    undo(t, () => child.kill('SIGTERM') && ended);
    await until(`${program} to listen`, () => {
        if (child.exitCode !== null) throw new Error(`${program} ended: ${read(output)}`);
        return accepts(port);
    });
    return { output, pid: child.pid };
}

function shakesHands(port) {
    return new Promise((resolve) => {
        const options = { port, host: '127.0.0.1', servername: 'hooks.example.com', rejectUnauthorized: false };
        const probe = tls.connect(options, () => resolve(true) || probe.destroy());
        probe.on('error', () => resolve(false));
    });
}

export async function caddy(t, daemon, changes = []) {
    const directory = temporaryDirectory(t);
    const port = await freePort();
    const site = placed('Caddyfile', [
        ['hooks.example.com {', `hooks.example.com:${port} {`],
        ['127.0.0.1:8080', new URL(daemon.url).host],
        ...changes,
    ]);
    // A locally made certificate instead of one from the internet; no second port, no admin endpoint.
    const admin = await freePort();
    const global = `{
	admin 127.0.0.1:${admin}
	debug
	local_certs
	skip_install_trust
	auto_https disable_redirects
	default_bind 127.0.0.1
	servers {
		protocols h1 h2
	}
}
`;
    const file = path.join(directory, 'Caddyfile');
    fs.writeFileSync(file, global + site);
    const args = ['run', '--config', file, '--adapter', 'caddyfile'];
    const { output } = await startProgram(t, directory, port, 'caddy', args);
    await until('Caddy to have its certificate', () => shakesHands(port));
    const upstream = () =>
        linesOf(output)
            .filter((line) => line.startsWith('{'))
            .map((line) => JSON.parse(line))
            .filter((line) => line.msg === 'upstream roundtrip' && line.status)
            .map((line) => ({ client: line.request.remote_ip, status: line.status }));
    const reload = async () => {
        const how = ['reload', '--force', '--address', `127.0.0.1:${admin}`, ...args.slice(1)];
        const env = { ...process.env, HOME: directory };
        const child = spawn('caddy', how, { env, cwd: directory, stdio: 'ignore' });
        const code = await new Promise((resolve) => child.once('close', resolve));
        assert.equal(code, 0, 'caddy reload');
    };
    return { port, upstream, reload };
}

// Whether HAProxy's master answers at its socket with a list that names a worker.
function workersAt(socket) {
    return new Promise((resolve) => {
        let answer = '';
        const asked = net.connect(socket, () => asked.end('show proc\n'));
        asked.on('data', (bytes) => (answer += bytes));
        asked.on('error', () => resolve(false));
        asked.on('close', () => resolve(/^\d+\s+worker/m.test(answer)));
    });
}

export async function haproxy(t, daemon, changes = []) {
    const directory = temporaryDirectory(t);
    const port = await freePort();
    const { key, certificate } = makeCertificate(directory);
    const both = path.join(directory, 'both.pem');
    fs.writeFileSync(both, read(certificate) + read(key));
    const config = placed('haproxy.cfg', [
        ['log /dev/log local0', 'log stdout format raw local0'],
        ['bind :443', `bind 127.0.0.1:${port}`],
        [/crt \S+/, `crt ${both}`],
        ['127.0.0.1:8080', new URL(daemon.url).host],
        ...changes,
    ]);
    const file = path.join(directory, 'haproxy.cfg');
    fs.writeFileSync(file, config);
    const master = path.join(directory, 'master.sock');
    const args = ['-W', '-S', master, '-f', file];
    const { output, pid } = await startProgram(t, directory, port, '/usr/sbin/haproxy', args);
    // HAProxy 2.6.12 forgets a signal to reload that comes before its master is back in its loop, where it answers at
    // its socket; its new worker may run already.
    const masterAnswers = () => until("HAProxy's master to answer", () => workersAt(master));
    await masterAnswers();
    const reload = () => renewed('HAProxy', pid, 'SIGUSR2').then(masterAnswers);
    // client:port [date] frontend backend/server Tq/Tw/Tc/Tr/Tt status ...; Tr is -1 when no answer came.
    const line = /^([\d.]+):\d+ \[\S+\] \S+ \S+\/(\S+) -?\d+\/-?\d+\/-?\d+\/(-?\d+)\/\+?\d+ (\d+) /;
    const upstream = () =>
        linesOf(output)
            .map((text) => line.exec(text))
            .filter((found) => found && found[2] !== '<NOSRV>' && found[3] !== '-1')
            .map(([, client, , , status]) => ({ client, status: Number(status) }));
    return { port, upstream, reload };
}

export const proxies = { nginx, caddy, haproxy };

// The servers that take turns, each started on a port of its own with its processes bound to given cores:
//   start(turn, {cores, tls, ...}) -> {port, pids(), finish?()}          (chathookd also takes `binary`)
// finish() waits until a server has done what it still owes for the load and answers what it learnt.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { configuration, Daemon, temporaryDirectory } from '../flow/support/daemon.mjs';
import { startNginx } from '../flow/support/nginx.mjs';
import { accepts, freePort } from '../flow/support/ports.mjs';
import { undo } from '../flow/support/undo.mjs';
import { vendors } from '../flow/support/vendors.mjs';
import { until } from '../flow/support/wait.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const unlimited = 1_000_000_000; // requests on one connection, for every server
const mostForged = 1_000_000; // so that a flood from one address is refused as forged, not as too much
const drainWithin = 300_000; // milliseconds

function children(pid) {
    const file = `/proc/${pid}/task/${pid}/children`;
    const direct = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split(' ').filter(Boolean) : [];
    return [pid, ...direct.flatMap((child) => children(Number(child)))];
}

// A certificate for the run, made once.
let certificate;
function selfSigned(directory) {
    if (certificate) return certificate;
    certificate = { certificate: path.join(directory, 'tls.crt'), key: path.join(directory, 'tls.key') };
    execFileSync(
        'openssl',
        [
            'req',
            '-x509',
            '-newkey',
            'ec',
            '-pkeyopt',
            'ec_paramgen_curve:prime256v1',
            '-nodes',
            '-days',
            '2',
            '-subj',
            '/CN=localhost',
            '-keyout',
            certificate.key,
            '-out',
            certificate.certificate,
        ],
        { stdio: 'ignore' },
    );
    return certificate;
}

export async function nginx(turn, { cores, tls, directory }) {
    const port = await freePort();
    const answer = `location / { return 200 '{"status":"success"}'; }`;
    const files = tls ? selfSigned(directory) : undefined;
    const secure = tls ? `ssl_certificate ${files.certificate}; ssl_certificate_key ${files.key};` : '';
    const lines =
        `keepalive_requests ${unlimited}; client_max_body_size 2m; ` +
        `server { listen 127.0.0.1:${port}${tls ? ' ssl' : ''}; ${secure} ${answer} }`;
    const { pid } = await startNginx(turn, temporaryDirectory(turn), port, lines, ['taskset', '-c', cores]);
    return { port, pids: () => [pid] };
}

// Any other server: a command line that listens on `port`.
function peer(command, { env = {}, cwd } = {}) {
    return async (turn, { cores, directory }) => {
        const port = await freePort();
        const [program, ...args] = command({ port, directory, secret: vendors.lynn.secret });
        const child = spawn('taskset', ['-c', cores, program, ...args], {
            stdio: 'ignore',
            cwd,
            env: { ...process.env, NODE_ENV: 'production', SECRET: vendors.lynn.secret, ...env },
        });
        const ended = new Promise((resolve) => child.once('close', resolve));
        undo(turn, () => child.kill('SIGTERM') && ended);
        await until(`${program} to listen`, () => {
            if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
            return accepts(port);
        });
        return { port, pids: () => children(child.pid) };
    };
}

// Verifies, then finds that a second condition is not met, so that it runs no command.
function hooksFile(directory, secret) {
    const file = path.join(directory, 'hooks.json');
    const header = (name) => ({ source: 'header', name });
    const hook = {
        id: 'lynn',
        'execute-command': '/bin/true',
        'http-methods': ['POST'],
        'trigger-rule-mismatch-http-response-code': 200,
        'trigger-rule': {
            and: [
                { match: { type: 'payload-hmac-sha256', secret, parameter: header('X-Lynn-Hmac-Sha256') } },
                { match: { type: 'value', value: 'never', parameter: header('X-Never') } },
            ],
        },
    };
    fs.writeFileSync(file, JSON.stringify([hook]));
    return file;
}

export const adnanh = peer(({ port, directory, secret }) => [
    'webhook',
    '-hooks',
    hooksFile(directory, secret),
    '-ip',
    '127.0.0.1',
    '-port',
    String(port),
    '-urlprefix',
    'webhooks',
]);
export const express = peer(
    ({ port, secret }) => ['node', path.join(here, 'peers/express.cjs'), port, secret],
    {
        env: { NODE_PATH: process.env.PEERS },
    },
);
export const fastify = peer(
    ({ port, secret }) => ['node', path.join(here, 'peers/fastify.cjs'), port, secret],
    {
        env: { NODE_PATH: process.env.PEERS },
    },
);
export const flask = peer(
    ({ port }) => [
        'gunicorn',
        '--workers',
        '1',
        '--threads',
        '4',
        '--keep-alive',
        '60',
        '--bind',
        `127.0.0.1:${port}`,
        'flask_app:app',
    ],
    { cwd: path.join(here, 'peers') },
);

// No event has this type, so nothing is delivered.
const noRoute = [{ match: { type: ['nothing'] }, to: ['events'] }];

// An HTTP sink that gets about 1,500 events a second: the receiver, on the load's core, answers each after 10 ms.
export async function chathookdWithSlowSink(turn, options) {
    const port = await freePort();
    const receiver = spawn('taskset', ['-c', '1', 'node', path.join(here, 'slow_receiver.mjs'), port, '10'], { stdio: 'ignore' });
    undo(turn, () => receiver.kill());
    await until('the slow receiver to listen', () => accepts(port));
    const slow = { type: 'http', url: `http://127.0.0.1:${port}/`, concurrency: 16 };
    return chathookd(turn, {
        ...options,
        changes: {
            sinks: { events: { type: 'file', path: 'events.jsonl' }, slow },
            routes: [{ to: ['events', 'slow'] }],
        },
    });
}

// As shipped, its log included, but with as many network threads as it has cores. `changes` to the configuration may
// be a function of the daemon's directory. `under`: a command that runs it.
export async function chathookd(
    turn,
    { cores, tls, sink = true, directory: shared, changes = {}, limits = {}, binary, under },
) {
    const directory = temporaryDirectory(turn);
    const [port, adminPort] = [await freePort(), await freePort()];
    const server = {
        listen: [`127.0.0.1:${port}`],
        threads: cores.split(',').length,
        limits: {
            requests_per_connection: unlimited,
            connections: 4096,
            failed_verifications_burst: mostForged,
            ...limits,
        },
        ...(tls ? { tls: selfSigned(shared) } : {}),
    };
    const config = configuration(directory, {
        server,
        admin: { listen: `127.0.0.1:${adminPort}` },
        log: { level: 'info', format: 'text' },
        routes: sink ? [{ to: ['events'] }] : noRoute,
        ...(typeof changes === 'function' ? changes(directory) : changes),
    });
    const logFile = path.join(directory, 'chathookd.log');
    const log = fs.openSync(logFile, 'w');
    const daemon = new Daemon(directory, config, { logFile: log });
    undo(turn, () => daemon.end());
    await daemon.run({ chathookd: binary, under });
    fs.closeSync(log);
    // Written once in a journal's life, whenever there is nothing better to do: no part of what a request costs.
    await until('the ballast', () => fs.readFileSync(logFile, 'utf8').includes('journal_ballast_made'), 60_000);
    const { pid } = daemon.child;
    execFileSync('taskset', ['-a', '-c', '-p', cores, String(pid)], { stdio: 'ignore' });

    const undelivered = async () =>
        (await daemon.metric('chathook_events_total')) -
        (await daemon.metric('chathook_deliveries_total', { sink: 'events', outcome: 'delivered' }));
    const finish = async () => {
        if (!sink) return {};
        const waiting = await undelivered();
        const began = performance.now();
        await until('the sinks to have everything', async () => (await undelivered()) === 0, drainWithin);
        return { waiting, catch_up_s: (performance.now() - began) / 1000 };
    };
    return { port, pids: () => [pid], finish, daemon, journal: config.journal.path };
}

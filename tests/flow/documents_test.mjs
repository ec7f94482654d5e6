// The configurations printed in the manual work as printed.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import test from 'node:test';

import { chathookd, Daemon, repository, temporaryDirectory } from './support/daemon.mjs';
import { request } from './support/http.mjs';
import { startNginx } from './support/nginx.mjs';
import { freePort } from './support/ports.mjs';
import { makeCertificate } from './support/proxies.mjs';
import { lynnBody, signed, vendors } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const read = (name) => fs.readFileSync(path.join(repository, name), 'utf8');

// The fenced blocks of a page, by language.
function blocks(name, language) {
    const found = [...read(name).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))];
    assert.ok(found.length > 0, `${name} has a block of ${language}`);
    return found.map(([, text]) => text);
}

// A directory of credentials as systemd would pass it, with every name that `text` refers to.
function credentials(t, text) {
    const directory = temporaryDirectory(t);
    for (const [, name] of text.matchAll(/credential: (\w+)/g)) {
        fs.writeFileSync(path.join(directory, name), 'a-secret-of-reasonable-length\n', { mode: 0o400 });
    }
    return directory;
}

for (const page of ['README.md', 'docs/deployment.md']) {
    test(`the configurations in ${page} are valid`, (t) => {
        for (const text of blocks(page, 'yaml')) {
            const file = path.join(temporaryDirectory(t), 'chathook.yaml');
            fs.writeFileSync(file, text.replaceAll('/var/log/chathook', path.dirname(file)));
            const env = {
                CREDENTIALS_DIRECTORY: credentials(t, text),
                LYNN_SECRET: 'a-secret-of-reasonable-length',
            };
            const { code, out, err } = chathookd(['check', '--config', file], { env });
            assert.equal(code, 0, out + err);
            assert.doesNotMatch(out + err, /warning/i);
        }
    });
}

test('every page that README.md and the docs link to exists', () => {
    const inside = fs.readdirSync(path.join(repository, 'docs'), { recursive: true });
    const pages = [
        'README.md',
        ...inside.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
    ];
    for (const page of pages) {
        const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target]) => target);
        for (const target of links) {
            const file = path.join(repository, path.dirname(page), target);
            assert.ok(fs.existsSync(file), `${page} links to ${target}`);
        }
    }
});

// nginx with the shipped server block, with ports, names and files replaced.
async function startDocumentedNginx(t, daemon) {
    const directory = temporaryDirectory(t);
    const port = await freePort();
    const { key, certificate } = makeCertificate(directory);
    const server = read('config/proxies/nginx.conf');
    const placed = server
        .replace(/listen 443/, `listen 127.0.0.1:${port}`)
        .replace(/^\s*listen \[::\]:443.*\n/m, '')
        .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${key};`)
        .replace(/ssl_certificate .*;/, `ssl_certificate ${certificate};`)
        .replaceAll('127.0.0.1:8080', new URL(daemon.url).host);
    assert.ok(placed.includes(new URL(daemon.url).host) && placed.includes(`127.0.0.1:${port}`));
    await startNginx(t, directory, port, placed);
    return { port, certificate };
}

test("behind nginx as docs/deployment.md sets it up, webhooks have their sender's address", async (t) => {
    const daemon = await Daemon.start(t, {
        server: { listen: ['127.0.0.1:0'], threads: 1, trusted_proxies: ['127.0.0.1/32'] },
    });
    const { port, certificate } = await startDocumentedNginx(t, daemon);
    const agent = new https.Agent({
        ca: fs.readFileSync(certificate),
        servername: 'hooks.example.com',
        localAddress: '127.0.0.9', // nginx itself connects from 127.0.0.1
    });
    const send = (body, headers) =>
        request(`https://127.0.0.1:${port}/webhooks/lynn`, {
            method: 'POST',
            headers: { host: 'hooks.example.com', ...headers },
            body,
            agent,
        });
    const body = lynnBody('through nginx');
    const spoofed = { ...signed('lynn', body), 'x-forwarded-for': '203.0.113.66' };
    const answer = await send(body, spoofed);
    assert.equal(answer.status, 200);
    assert.equal(answer.body, vendors.lynn.accepted.body);
    assert.equal((await send(body, signed('lynn', body, 'nobody-gave-me-this-one'))).status, 401);
    const chunked = lynnBody('through nginx in chunks');
    const inChunks = { ...signed('lynn', chunked), 'transfer-encoding': 'chunked' };
    assert.equal((await send(chunked, inChunks)).status, 200);
    await daemon.eventually(2);
    await until('the log', () => daemon.logs.filter((line) => line.event === 'accepted').length === 2);
    for (const line of daemon.logs.filter(({ event }) => event === 'accepted')) {
        assert.equal(line.client, '127.0.0.9', 'not what the client claims to be');
    }
});

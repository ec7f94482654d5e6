// The corpus of requests against the real daemon, directly and through nginx, Caddy and HAProxy as
// config/proxies sets them up. No request may become an event that the proxy has not logged as passed on:
// that would be a smuggled request.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import test from 'node:test';

import { chathookd, Daemon, repository } from './support/daemon.mjs';
import { exchange, inParallel, readCorpus } from './support/corpus.mjs';
import { request } from './support/http.mjs';
import { proxies } from './support/proxies.mjs';
import { lynnBody, signed } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const start = (t) =>
    Daemon.start(t, { server: { listen: ['127.0.0.1:0'], threads: 2, trusted_proxies: ['127.0.0.1/32'] } });

// The answers in the daemon's log, as [{client, status}].
const answered = (daemon) =>
    daemon.logs.flatMap(({ event, client, status }) => {
        if (event === 'accepted' || event === 'duplicate') return [{ client, status: 200 }];
        return event === 'refused' ? [{ client, status: Number(status) }] : [];
    });

const statusesOf = (answers) => answers.map(({ status }) => status).sort();
const taken = (answers, { address }) =>
    answers.filter(({ client, status }) => client === address && status === 200).length;

// The events, by the subject that each case gives to its two requests.
function countEvents(daemon) {
    const counts = new Map();
    for (const { subject } of daemon.events) counts.set(subject, (counts.get(subject) ?? 0) + 1);
    return counts;
}

test('directly at the daemon, only unambiguous requests become events', async (t) => {
    const daemon = await start(t);
    const corpus = readCorpus('straight');
    const port = new URL(daemon.url).port;
    await inParallel(corpus, async (one) => {
        one.answers = (await exchange(one, port)).statuses;
    });
    const served = corpus.filter((one) => !one.refuse);
    const expected = served.flatMap((one) => (one.ends ? [one.subject] : [one.subject, one.after]));
    await daemon.eventually(expected.length);
    const wanted = (one) => (one.refuse ? [one.refuse] : one.ends ? [200] : [200, 200]).join();
    const wrong = corpus.filter((one) => one.answers.join() !== wanted(one));
    assert.deepEqual(
        wrong.map((one) => `${one.name}: ${one.answers}`),
        [],
    );
    const subjects = daemon.events.map(({ subject }) => subject);
    assert.deepEqual(subjects.sort(), expected.sort());
});

for (const [name, startProxy] of Object.entries(proxies)) {
    test(`behind ${name}, exactly the requests that it passed on become events`, async (t) => {
        const daemon = await start(t);
        const proxy = await startProxy(t, daemon);
        const corpus = readCorpus(name);
        let seen = 0; // webhooks accepted, according to the answers to the clients
        await inParallel(corpus, async (one) => {
            seen += (await exchange(one, proxy.port, { secure: true })).accepted;
        });

        const same = () => {
            const [theirs, ours] = [proxy.upstream(), answered(daemon)].map(statusesOf);
            return theirs.filter((status) => status === 200).length >= seen && theirs.join() === ours.join();
        };
        await until('both logs to be written', same).catch(() => {}); // a difference is reported below
        await daemon.stop(); // afterwards nothing is in transit any more, except from the journal to the sink
        const passed = proxy.upstream();
        const ours = answered(daemon);
        const accepted = passed.filter(({ status }) => status === 200).length;

        await daemon.run();
        await daemon.eventually(Math.max(seen, accepted)).catch(() => {});
        const events = countEvents(daemon);
        for (const one of corpus) {
            const made = (events.get(one.subject) ?? 0) + (events.get(one.after) ?? 0);
            assert.equal(made, taken(passed, one), `${one.name}: an event for every request passed on`);
            assert.equal(made, taken(ours, one), `${one.name}: and for every one accepted`);
            events.delete(one.subject);
            events.delete(one.after);
        }
        assert.deepEqual([...events], [], "no event is nobody's");
        assert.deepEqual(statusesOf(passed), statusesOf(ours), 'both tell the same of every request');
        const plain = corpus.filter((one) => !one.refuse).length;
        assert.ok(accepted > plain, `${name} passed ${accepted} on of the ${plain} plain requests`);
        t.diagnostic(`${corpus.length} cases: ${passed.length} requests passed on, ${accepted} accepted`);
    });
}

test('the proxies close their idle connections before the daemon does', () => {
    const schema = JSON.parse(chathookd(['schema']).out);
    const ours = schema.properties.server.properties.limits.properties.idle_timeout.default;
    const seconds = (text) => Number(/^(\d+)s$/.exec(text)[1]);
    const read = (name) => fs.readFileSync(path.join(repository, 'config/proxies', name), 'utf8');
    const kept = {
        nginx: /^\s*keepalive_timeout (\S+);/m.exec(read('nginx.conf'))[1],
        haproxy: /^\s*timeout http-keep-alive (\S+)/m.exec(read('haproxy.cfg'))[1],
        caddy: /^\s*keepalive (\S+)/m.exec(read('Caddyfile'))[1].replace('off', '0s'),
        'Caddy on its own': '120s', // caddyserver.com/docs/caddyfile/directives/reverse_proxy
        'Go on its own': '90s', // net/http, DefaultTransport
    };
    for (const [name, time] of Object.entries(kept)) {
        assert.ok(seconds(time) + 5 <= seconds(ours), `${name}: ${time} to ${ours}`);
    }
});

for (const [name, startProxy] of Object.entries(proxies)) {
    test(`behind ${name}, senders do not see how long the daemon keeps its connections`, async (t) => {
        const daemon = await start(t);
        const body = lynnBody('kept');
        const straight = new http.Agent({ keepAlive: true });
        const told = await daemon.send('lynn', body, { agent: straight });
        straight.destroy();
        assert.equal(told.headers['keep-alive'], 'timeout=148');
        const proxy = await startProxy(t, daemon);
        const host = 'hooks.example.com';
        const agent = new https.Agent({ rejectUnauthorized: false, servername: host, keepAlive: true });
        const url = `https://127.0.0.1:${proxy.port}/webhooks/lynn`;
        const headers = { ...signed('lynn', body), host };
        const passed = await request(url, { method: 'POST', headers, body, agent });
        agent.destroy();
        assert.equal(passed.body, told.body);
        assert.doesNotMatch(passed.headers['keep-alive'] ?? '', /timeout=148/);
    });
}

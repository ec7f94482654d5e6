// A person is erased while sinks deliver events that name them, and while other orders run: the receipt is
// correct, and nothing is delivered after it except what it lists.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { Daemon, configuration, temporaryDirectory } from './support/daemon.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody, signed, vendors } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const email = 'visitor.in.flight@example.org';
const namesPerson = (text) => text.includes(email);

async function order(daemon, target, body) {
    const answer = await daemon.admin(target, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, answer.body);
    return JSON.parse(answer.body);
}
const erase = (daemon) => order(daemon, '/api/v1/erase', { email });

async function say(daemon, count, about = {}) {
    const words = Array.from({ length: count }, (_, index) => `${about.contactEmail ?? 'nobody'}-${index}`);
    const answers = await Promise.all(words.map((word) => daemon.send('lynn', lynnBody(word, about))));
    for (const { status } of answers) assert.equal(status, 200);
}

// The number of events and dead letters in the journal that name the person.
async function left(daemon) {
    const events = JSON.parse((await daemon.admin('/api/v1/events?limit=1000')).body).events;
    const dead = JSON.parse((await daemon.admin('/api/v1/dead?limit=1000')).body).dead;
    return [...events, ...dead].filter((row) => namesPerson(JSON.stringify(row))).length;
}

// A receiver that delays every answer, never answers if `hold` is true for the body, and answers 503 if
// `refuse` is.
async function slowReceiver(t, { milliseconds = 0, hold = () => false, refuse = () => false }) {
    const receiver = { bodies: [], held: [] };
    const server = http.createServer((incoming, outgoing) => {
        const chunks = [];
        incoming.on('data', (chunk) => chunks.push(chunk));
        incoming.on('end', async () => {
            const body = Buffer.concat(chunks).toString();
            receiver.bodies.push(body);
            if (hold(body)) return receiver.held.push(outgoing);
            await delay(milliseconds);
            return outgoing.writeHead(refuse(body) ? 503 : 204).end();
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    undo(t, () => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
    });
    receiver.url = `http://127.0.0.1:${server.address().port}/hook`;
    receiver.aboutPerson = () => receiver.bodies.filter(namesPerson).length;
    return receiver;
}

const toCrm = (receiver) => ({
    sinks: { crm: { type: 'http', url: receiver.url, retry: { initial: '1ms', max: '5ms', max_age: '1h' } } },
    routes: [{ to: ['crm'] }],
});

test('a slow receiver gets exactly the events of a person that the receipt lists', async (t) => {
    const receiver = await slowReceiver(t, { milliseconds: 20 });
    const daemon = await Daemon.start(t, toCrm(receiver));
    await say(daemon, 100, { contactEmail: email });
    await until('the third delivery', () => receiver.aboutPerson() >= 3);
    const receipt = await erase(daemon);
    const atReceipt = receiver.aboutPerson();
    const [crm] = receipt.sinks;
    assert.deepEqual(
        [receipt.events, crm.delivered + crm.skipped, crm.under_way, receipt.sealed],
        [100, 100, 0, true],
        JSON.stringify(receipt),
    );
    assert.ok(crm.skipped > 0, 'the receiver was at it while the person was erased');
    assert.equal(atReceipt, crm.delivered);
    await say(daemon, 1, { contactEmail: 'bob@example.org' });
    await until('the event of somebody else', () => receiver.bodies.some((body) => body.includes('bob@')));
    assert.equal(receiver.aboutPerson(), crm.delivered);
    assert.equal(await left(daemon), 0);
});

test('a delivery that is not answered is listed as in progress, and is the last one', async (t) => {
    const receiver = await slowReceiver(t, { hold: namesPerson });
    const daemon = await Daemon.start(t, toCrm(receiver));
    await say(daemon, 20, { contactEmail: email });
    await until('the delivery that hangs', () => receiver.held.length === 1);
    const receipt = await erase(daemon);
    assert.deepEqual(receipt.sinks, [{ sink: 'crm', delivered: 0, skipped: 19, tried: 0, under_way: 1, given_up: 0 }]);
    assert.equal(receipt.sealed, true);
    for (const outgoing of receiver.held) outgoing.writeHead(204).end();
    await say(daemon, 1, { contactEmail: 'bob@example.org' });
    await until('the event of somebody else', () => receiver.bodies.some((body) => body.includes('bob@')));
    assert.equal(receiver.aboutPerson(), 1);
    assert.equal((await erase(daemon)).found, 0);
});

test('a sink that continues while the order waits for another one is still listed as tried', async (t) => {
    const hanging = await slowReceiver(t, { hold: namesPerson });
    const crm = await slowReceiver(t, { refuse: namesPerson });
    const retry = { initial: '1ms', max: '5ms', max_age: '1h' };
    const sink = ({ url }) => ({ type: 'http', url, retry });
    const daemon = await Daemon.start(t, {
        sinks: { slow: sink(hanging), crm: sink(crm) }, // the order asks them one after the other
        routes: [{ to: ['slow', 'crm'] }],
    });
    await say(daemon, 1, { contactEmail: email });
    await until('the delivery that hangs', () => hanging.held.length === 1);
    await until('the attempt that fails', () => crm.aboutPerson() >= 1);
    const erasing = erase(daemon);
    // The order waits for the hanging sink; meanwhile the other sink has released the erased events and
    // continues.
    await say(daemon, 20, { contactEmail: 'bob@example.org' });
    await until('the events of somebody else', () => crm.bodies.filter((body) => body.includes('bob@')).length === 20);
    const { sinks } = await erasing;
    assert.deepEqual(
        sinks.map(({ sink, skipped, tried, under_way }) => [sink, skipped, tried, under_way]).sort(),
        [['crm', 1, 1, 0], ['slow', 0, 0, 1]],
    );
    for (const outgoing of hanging.held) outgoing.writeHead(204).end();
});

test('a slow reader of stdout gets no more events of a person than the receipt lists', async (t) => {
    const daemon = await Daemon.start(t, { sinks: { console: { type: 'stdout' } }, routes: [{ to: ['console'] }] });
    daemon.child.stdout.pause();
    const large = { contactEmail: email, messages: [{ text: 'x'.repeat(20_000), senderRole: 'human' }] };
    await say(daemon, 60, large);
    const erasing = erase(daemon);
    daemon.child.stdout.resume();
    const receipt = await erasing;
    const [console] = receipt.sinks;
    assert.equal(console.delivered + console.skipped, 60, JSON.stringify(receipt));
    await say(daemon, 1, { contactEmail: 'bob@example.org' });
    await until('the event of somebody else', () => daemon.printed.some((line) => line.includes('bob@')));
    assert.equal(daemon.printed.filter(namesPerson).length, console.delivered);
});

test('a reader of stdout that stalls within a line gets no more of that line after the receipt', async (t) => {
    // The log and the events share a stream, so the log, too, would finish a begun line.
    const directory = temporaryDirectory(t);
    const daemon = new Daemon(directory, configuration(directory, {
        sinks: { console: { type: 'stdout', retry: { initial: '10ms', max: '20ms' } } }, routes: [{ to: ['console'] }],
    }));
    undo(t, () => daemon.end());
    await daemon.run({ under: ['/bin/sh', '-c', 'exec "$@" 2>&1', 'sh'] });
    daemon.child.stdout.pause();
    daemon.takesTornLines = true;
    const text = `${'x'.repeat(400_000)} the end of it`; // more than a pipe and its reader buffer
    await say(daemon, 1, { contactEmail: email, messages: [{ text, senderRole: 'human' }] });
    await until('the attempt that stalls', async () => (await daemon.metric('chathook_deliveries_total', { sink: 'console', outcome: 'retried' })) >= 1);
    const receipt = await erase(daemon);
    assert.deepEqual(receipt.sinks, [{ sink: 'console', delivered: 0, skipped: 1, tried: 1, under_way: 0, given_up: 0 }]);
    await say(daemon, 1, { contactEmail: 'bob@example.org' });
    daemon.child.stdout.resume();
    await until('the event of somebody else', () => daemon.lines.some((line) => line.includes('bob@')));
    const torn = daemon.lines.filter((line) => line.includes('xxx'));
    assert.equal(torn.length, 1);
    assert.ok(!torn[0].includes('the end of it') && torn[0].length < text.length, `${torn[0].length} bytes came`);
    const rest = daemon.lines.filter((line) => line !== torn[0]);
    for (const line of rest) assert.doesNotThrow(() => JSON.parse(line), line.slice(0, 200));
});

test('a file gets no more events of a person than the receipt lists', async (t) => {
    const daemon = await Daemon.start(t);
    let count = 0;
    let receipt;
    const saying = say(daemon, 200, { contactEmail: email });
    await until('the first line', () => daemon.events.length > 0);
    receipt = await erase(daemon);
    count += receipt.sinks[0]?.delivered ?? 0;
    await saying;
    // Events that arrived meanwhile are new, and are erased by the next order.
    receipt = await erase(daemon);
    count += receipt.sinks[0]?.delivered ?? 0;
    await say(daemon, 1, { contactEmail: 'bob@example.org' });
    const events = await until('the event of somebody else', () => {
        const written = daemon.events;
        return written.some((event) => JSON.stringify(event).includes('bob@')) && written;
    });
    assert.equal(events.filter((event) => namesPerson(JSON.stringify(event))).length, count);
    assert.equal(await left(daemon), 0);
});

test('overlapping orders run one after the other, so a retry does not bring back an erased person', async (t) => {
    const rounds = 8;
    const secretFile = (directory) => path.join(directory, 'secret');
    const daemon = await Daemon.start(t, (directory) => {
        fs.writeFileSync(secretFile(directory), 'the-secret-of-round-0', { mode: 0o600 });
        return {
            sources: {
                lynn: { vendor: 'lynn', path: '/webhooks/lynn', secret: { file: secretFile(directory) }, keep_rejected: true },
            },
        };
    });
    for (let round = 1; round <= rounds; ++round) {
        const secret = `the-secret-of-round-${round}`;
        const bodies = Array.from({ length: 30 }, (_, index) => lynnBody(`${round}-${index}`, { contactEmail: email }));
        for (const { status } of await Promise.all(
            bodies.map((body) => daemon.send('lynn', body, { headers: signed('lynn', body, secret) })),
        )) {
            assert.equal(status, 401);
        }
        fs.writeFileSync(secretFile(daemon.directory), secret, { mode: 0o600 });
        daemon.signal('SIGHUP');
        await until('the reload', () => daemon.logs.filter(({ event }) => event === 'reloaded').length === round);
        await until('the ledger', async () => {
            const { rejections } = JSON.parse((await daemon.admin('/api/v1/rejections?limit=1000')).body);
            return rejections.filter(({ kept }) => kept).length >= bodies.length;
        });
        const [retried, receipt] = await Promise.all([
            order(daemon, '/api/v1/rejections/retry', {}),
            delay(5 * round).then(() => erase(daemon)),
        ]);
        assert.equal(receipt.sealed, true);
        assert.equal(receipt.events, retried.accepted, 'all that was taken again before, and nothing after');
        assert.equal(receipt.events + receipt.rejections, bodies.length);
        assert.equal(await left(daemon), 0, `round ${round}`);
    }
});

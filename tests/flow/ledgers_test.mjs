// Dead letters, replays, refused requests and erasing, with the commands of an operator.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { binary, chathookd, Daemon, repository } from './support/daemon.mjs';
import { RawConnection } from './support/http.mjs';
import { Receiver } from './support/receiver.mjs';
import { lynnBody, signed, vendors } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

// Two sinks: the events file, and `receiver` by HTTP.
function withCrm(receiver) {
    return (directory) => ({
        sinks: {
            events: { type: 'file', path: path.join(directory, 'events.jsonl') },
            crm: { type: 'http', url: receiver.url, retry: { initial: '1ms', max: '5ms', max_age: '1h' } },
        },
        routes: [{ to: ['events', 'crm'] }],
    });
}

// Runs a command against the daemon and returns its output; it must end with `code`.
function command(daemon, args, code = 0) {
    const done = chathookd([...args, '--config', daemon.configFile], { cwd: daemon.directory, input: '' });
    assert.equal(done.code, code, `${args.join(' ')}: ${done.out}${done.err}`);
    return done;
}
const lines = (text) => text.split('\n').filter(Boolean);
const rows = (daemon, ...args) => lines(command(daemon, [...args, '--json']).out).map((line) => JSON.parse(line));

// The kernel chose the daemon's port, so the commands get a configuration that names it.
async function start(t, changes) {
    const daemon = await Daemon.start(t, changes);
    const known = structuredClone(daemon.config);
    known.admin.listen = daemon.adminAddress;
    daemon.configFile = path.join(daemon.directory, 'commands.yaml');
    fs.writeFileSync(daemon.configFile, JSON.stringify(known));
    return daemon;
}

async function say(daemon, ...words) {
    for (const word of words) assert.equal((await daemon.send('lynn', lynnBody(word))).status, 200);
}

async function startRefusing(t, ...words) {
    const receiver = await Receiver.start(t);
    receiver.answer = () => ({ status: 400 });
    const daemon = await start(t, withCrm(receiver));
    await say(daemon, ...words);
    await until('the dead letters', async () => (await daemon.metric('chathook_dead_letters', { sink: 'crm' })) === words.length);
    return { daemon, receiver };
}
// What `events show` says of how often the sink was tried: 0 where it says nothing.
function attemptsAt(daemon, sequence) {
    const { out } = command(daemon, ['events', 'show', sequence]);
    return Number(/crm +waiting, (\d+) attempts? since .*: .*503.*; next attempt at /.exec(out)?.[1] ?? 0);
}
const subjects = (events) => events.map(({ subject }) => subject).sort();

test('of an event that was tried in vain is told how often, why, and when next, also after a kill', async (t) => {
    const receiver = await Receiver.start(t);
    receiver.answer = () => ({ status: 503 });
    const daemon = await start(t, withCrm(receiver));
    await say(daemon, 'a');
    await until('three attempts', async () => attemptsAt(daemon, '1') >= 3);
    const before = attemptsAt(daemon, '1');
    await daemon.kill();
    await daemon.run();
    assert.ok(attemptsAt(daemon, '1') >= before, 'attempts are counted across restarts');
    receiver.answer = () => ({ status: 204 });
    await until('the delivery', async () => receiver.requests.length === 1);
    await until('its progress', async () => /crm +delivered/.test(command(daemon, ['events', 'show', '1']).out));
});

test('a refused event becomes a dead letter, and retry delivers it once the receiver works again', async (t) => {
    const { daemon, receiver } = await startRefusing(t, 'a', 'b', 'c');
    const dead = rows(daemon, 'dead', 'list');
    assert.deepEqual(subjects(dead.map(({ event }) => event)), ['a', 'b', 'c']);
    assert.match(dead[0].reason, /400/);
    assert.equal(lines(command(daemon, ['dead', 'list', '--sink', 'crm']).out).length, 3);
    assert.equal(lines(command(daemon, ['dead', 'list', '--sink', 'events']).out).length, 0);
    assert.match(command(daemon, ['dead', 'show', 'crm', dead[0].event.id]).out, /reason +.*400/);
    assert.match(command(daemon, ['events', 'show', dead[0].event.id]).out, /crm +dead since .* attempts: .*400/);

    receiver.answer = () => ({ status: 204 });
    const { out } = command(daemon, ['dead', 'retry', '--yes']);
    assert.match(out, /^3 dead letters, given up from .* will be delivered again: crm 3\.\n3 dead letters are due again/);
    await until('their delivery', () => receiver.events.length === 3);
    assert.deepEqual(subjects(receiver.events), ['a', 'b', 'c']);
    assert.deepEqual(rows(daemon, 'dead', 'list'), []);
    await until('the metric to fall', async () => (await daemon.metric('chathook_dead_letters')) === 0);
    assert.match(command(daemon, ['events', 'show', dead[0].event.id]).out, /crm +delivered/);
    assert.equal(daemon.events.length, 3, 'the other sink got nothing twice');
});

test('dead letters are retried by id and discarded by type', async (t) => {
    const { daemon, receiver } = await startRefusing(t, 'a', 'b', 'c');
    const dead = rows(daemon, 'dead', 'list');
    receiver.answer = () => ({ status: 204 });
    const [chosen] = dead;
    const receipt = JSON.parse(command(daemon, ['dead', 'retry', chosen.event.id, '--yes', '--json']).out);
    assert.equal(receipt.due, 1);
    await until('its delivery', () => receiver.events.length === 1);
    assert.equal(receiver.events[0].id, chosen.event.id);

    assert.match(command(daemon, ['dead', 'discard', '--type', 'lead.*', '--yes']).out, /No dead letter matches/);
    const thrown = JSON.parse(command(daemon, ['dead', 'discard', '--type', 'handover.*', '--yes', '--json']).out);
    assert.equal(thrown.discarded, 2);
    assert.deepEqual(rows(daemon, 'dead', 'list'), []);
    assert.match(command(daemon, ['events', 'show', dead[1].event.id]).out, /crm +discarded/);
    assert.equal(receiver.events.length, 1);
});

test('nothing is done without confirmation: a dry run, no terminal, an unknown sink', async (t) => {
    const { daemon } = await startRefusing(t, 'a');
    const plan = JSON.parse(command(daemon, ['dead', 'retry', '--dry-run', '--json']).out);
    assert.equal(plan.dead_letters, 1);
    assert.match(command(daemon, ['dead', 'discard'], 64).err, /no terminal to ask on; say --yes/);
    for (const email of ['visitor@example.com', 'nobody@example.com'])
        assert.match(command(daemon, ['erase', '--email', email], 64).err, /--yes/);
    assert.match(command(daemon, ['events', 'replay', '--sink', 'crn', '--yes'], 64).err, /'crn'; there are: events, crm/);
    assert.match(command(daemon, ['dead', 'retry', '--since', 'soon', '--yes'], 64).err, /'soon'/);
    command(daemon, ['erase', '--yes'], 64);
    command(daemon, ['events', 'show', '99'], 64);
    assert.equal(rows(daemon, 'dead', 'list').length, 1);
});

test('a repeated member or parameter is refused by its name, and nothing is done', async (t) => {
    const { daemon } = await startRefusing(t, 'a');
    const headers = { 'content-type': 'application/json' };
    const order = (body) => daemon.admin('/api/v1/dead/discard', { method: 'POST', headers, body });
    const error = (answer) => [answer.status, JSON.parse(answer.body).error];
    assert.deepEqual(error(await order('{"sink":"events","sink":"crm"}')), [400, 'sink: given more than once; give it once']);
    assert.deepEqual(error(await daemon.admin('/api/v1/dead?sink=events&sink=crm')), [400, 'sink: given more than once; give it once']);
    assert.equal(rows(daemon, 'dead', 'list').length, 1);
});

test('a mistyped sink, vendor or reason is answered with the known names, and an unknown source lists nothing', async (t) => {
    const { daemon } = await startRefusing(t, 'a');
    assert.match(command(daemon, ['dead', 'list', '--sink', 'crn'], 64).err, /404: sink: unknown name 'crn'; there are: events, crm/);
    assert.match(command(daemon, ['dead', 'show', 'crn', '1'], 64).err, /404: sink: unknown name 'crn'/);
    for (const args of [['events', 'list'], ['dead', 'list'], ['tail'], ['events', 'replay', '--sink', 'crm', '--yes']]) {
        const { err } = command(daemon, [...args, '--vendor', 'lyn'], 64);
        for (const vendor of Object.keys(vendors)) assert.match(err, new RegExp(`400: vendor: unknown name 'lyn'; there are: .*${vendor}`));
    }
    assert.match(command(daemon, ['rejections', 'list', '--reason', 'wrong_sig'], 64).err, /unknown name 'wrong_sig'; there are: .*wrong_signature/);
    assert.deepEqual(rows(daemon, 'events', 'list', '--source', 'gone'), []);
});

test('refused requests can be filtered by every recorded reason in the manual', async (t) => {
    const manual = fs.readFileSync(path.join(repository, 'docs/operations.md'), 'utf8');
    const table = manual.slice(manual.indexOf('| reason | status | meaning |')).split('\n\n')[0];
    const counted = ['unknown_path', 'rate_limited'];
    const daemon = await start(t);
    let asked = 0;
    for (const [, reasons, status] of table.matchAll(/^\| ([a-z_, ]+) \| ([^|]+) \|/gm)) {
        for (const reason of reasons.split(', ').filter((word) => word !== 'reason')) {
            const expected = status === '503' || counted.includes(reason) ? 400 : 200;
            assert.equal((await daemon.admin(`/api/v1/rejections?reason=${reason}`)).status, expected, reason);
            ++asked;
        }
    }
    assert.ok(asked > 15, `${asked} reasons`);
});

test('a request that was just refused is listed and shown', async (t) => {
    const daemon = await start(t);
    for (let number = 1; number <= 20; ++number) {
        const body = lynnBody(`forged ${number}`);
        assert.equal((await daemon.send('lynn', body, { headers: signed('lynn', body, 'nobody-gave-me-this') })).status, 401);
        assert.equal((await daemon.admin(`/api/v1/rejections/${number}`)).status, 200, `number ${number}`);
    }
    assert.equal(rows(daemon, 'rejections', 'list').length, 20);
    assert.match(command(daemon, ['rejections', 'show', '20']).out, /reason +wrong_signature/);
});

test('a lost file is restored by a replay, whole and in order', async (t) => {
    const daemon = await start(t);
    const words = Array.from({ length: 40 }, (_, index) => `c-${String(index).padStart(2, '0')}`);
    await say(daemon, ...words);
    const before = await daemon.eventually(words.length);
    fs.rmSync(daemon.eventsFile);
    daemon.signal('SIGUSR1');
    const { out } = command(daemon, ['events', 'replay', '--sink', 'events', '--since', '1h', '--yes']);
    assert.match(out, /^40 events, received from .*\n(.*\n)?40 events are due for events now/);
    assert.deepEqual(await daemon.eventually(words.length), before);
});

test('a replay repeats the events that its filters select, under the same ids', async (t) => {
    const receiver = await Receiver.start(t);
    const daemon = await start(t, withCrm(receiver));
    await say(daemon, 'a', 'b');
    const form = '{"eventType":"leads.submit","chatbotId":"x","payload":{"conversationId":"l","customerEmail":"e@example.com","customerName":"E"}}';
    assert.equal((await daemon.send('chatbase', form)).status, 200);
    await until('the first delivery', () => receiver.events.length === 3);
    const [first] = receiver.events;
    assert.equal(JSON.parse(command(daemon, ['events', 'replay', '--sink', 'crm', '--type', 'lead.*', '--yes', '--json']).out).due, 1);
    await until('the lead', () => receiver.events.length === 4);
    assert.equal(receiver.events[3].type, 'lead.created');
    command(daemon, ['events', 'replay', '--sink', 'crm', first.id, '--yes']);
    await until('the event by its id', () => receiver.events.length === 5);
    assert.deepEqual(receiver.events[4], first);
    assert.equal(receiver.requests[4].headers['webhook-id'], first.id);
    assert.equal(rows(daemon, 'events', 'list', '--vendor', 'chatbase').length, 1);
    const listed = command(daemon, ['events', 'list', '-n', '2']).out;
    assert.equal(lines(listed).length, 2);
    assert.match(listed, /^[0-9a-f-]{36} {2}\d\d:\d\d:\d\d /);
    assert.match(command(daemon, ['events', 'replay', '--sink', 'crm', '--vendor', 'newoaks', '--yes']).out, /No event matches/);
});

test('an order by ids lists those that it did not find, and ends with 1 if it found none', async (t) => {
    const { daemon } = await startRefusing(t, 'a');
    const [letter] = rows(daemon, 'dead', 'list');
    const known = letter.event.id;
    for (const order of [['events', 'replay', '--sink', 'crm'], ['dead', 'retry'], ['dead', 'discard']]) {
        for (const how of ['--yes', '--dry-run']) {
            const none = command(daemon, [...order, known.slice(0, -1), String(letter.sequence), how], 1);
            assert.match(none.err, new RegExp(` id ${known.slice(0, -1)}$`, 'm'));
            assert.match(none.err, new RegExp(` id ${letter.sequence}$`, 'm'));
            assert.match(none.out, /^No (event|dead letter) matches/);
        }
        const some = command(daemon, [...order, known, 'gone', '--dry-run']);
        assert.match(some.err, / id gone$/m);
        assert.doesNotMatch(some.err, new RegExp(known));
    }
    const json = command(daemon, ['dead', 'retry', 'gone', '--dry-run', '--json'], 1);
    assert.deepEqual(JSON.parse(json.out).not_found, ['gone']);
    const many = command(daemon, ['dead', 'discard', ...Array.from({ length: 25 }, (_, index) => `gone-${index}`), '--yes'], 1);
    assert.match(many.err, /and 5 more were not found/);
    assert.match(command(daemon, ['rejections', 'retry', '98', '--yes'], 1).err, /no recorded refused request has the number 98/);
    assert.match(command(daemon, ['dead', 'discard', '--type', 'lead.*', '--yes']).out, /^No dead letter matches/);
    assert.equal(rows(daemon, 'dead', 'list').length, 1);
});

test('a forged request is recorded with its reason, and one that proves genuine later is accepted then', async (t) => {
    const daemon = await start(t, (directory) => ({
        sources: {
            lynn: { vendor: 'lynn', path: '/webhooks/lynn', secret: { file: path.join(directory, 'secret') }, keep_rejected: true },
            chatbase: { vendor: 'chatbase', path: '/webhooks/chatbase', secret: { value: vendors.chatbase.secret } },
        },
        ...writtenSecret(directory, 'the-secret-of-yesterday'),
    }));
    const genuine = lynnBody('genuine');
    assert.equal((await daemon.send('lynn', genuine)).status, 401);
    const forged = { headers: signed('lynn', lynnBody('forged'), 'a-secret-nobody-ever-had') };
    assert.equal((await daemon.send('lynn', lynnBody('forged'), forged)).status, 401);
    await daemon.send('chatbase', '{}', { headers: signed('chatbase', '{}', 'a-secret-nobody-ever-had') });

    const list = await until('the ledger', () => {
        const found = rows(daemon, 'rejections', 'list');
        return found.length === 3 && found;
    });
    assert.deepEqual(list.map(({ source }) => source), ['lynn', 'lynn', 'chatbase']);
    for (const row of list) assert.equal(row.reason, 'wrong_signature');
    assert.match(command(daemon, ['rejections', 'list', '--source', 'lynn']).out, /wrong_signature +401 .* kept whole/);
    assert.equal(rows(daemon, 'rejections', 'list', '--reason', 'stale_timestamp').length, 0);
    const shown = command(daemon, ['rejections', 'show', String(list[0].number), '--request']).out;
    assert.ok(shown.endsWith(`\r\n\r\n${genuine}`), shown);
    assert.match(command(daemon, ['rejections', 'show', String(list[2].number)]).out, /kept +false/);
    command(daemon, ['rejections', 'show', String(list[2].number), '--request'], 65);

    assert.equal(JSON.parse(command(daemon, ['rejections', 'retry', '--yes', '--json']).out).accepted, 0);
    assert.equal(daemon.events.length, 0);
    writtenSecret(daemon.directory, vendors.lynn.secret);
    daemon.signal('SIGHUP');
    await until('the reload', () => daemon.logs.some(({ event }) => event === 'reloaded'));
    const { out } = command(daemon, ['rejections', 'retry', '--yes']);
    assert.match(out, /^3 refused requests, of which 2 were kept whole/);
    assert.match(out, /1 accepted, 0 had been accepted before, 1 refused again \(wrong_signature 1\)/);
    assert.deepEqual(subjects(await daemon.eventually(1)), ['genuine']);
    assert.deepEqual(rows(daemon, 'rejections', 'list').map(({ number }) => number), [list[1].number, list[2].number]);
    assert.equal((await daemon.send('lynn', genuine)).status, 200);
    await say(daemon, 'after');
    assert.deepEqual(subjects(await daemon.eventually(2)), ['after', 'genuine']);
});

function writtenSecret(directory, secret) {
    fs.writeFileSync(path.join(directory, 'secret'), secret, { mode: 0o600 });
    return {};
}

// The files of the journal that contain these bytes.
function filesWith(daemon, bytes) {
    const directory = daemon.config.journal.path;
    return fs
        .readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.path ?? entry.parentPath, entry.name))
        .filter((file) => fs.readFileSync(file).includes(bytes));
}

test('an order whose plan cannot be printed changes nothing and says why', async (t) => {
    const receiver = await Receiver.start(t);
    const daemon = await start(t, withCrm(receiver));
    assert.equal((await daemon.send('lynn', lynnBody('told'))).status, 200);
    await daemon.eventually(1);
    const full = fs.openSync('/dev/full', 'w');
    const args = ['erase', '--email', 'visitor@example.com', '--yes', '--config', daemon.configFile];
    const { status, stderr } = spawnSync(binary, args, { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
    fs.closeSync(full);
    assert.equal(status, 74, stderr);
    assert.match(stderr, /cannot print: the disk is full; nothing was done/);
    assert.equal(rows(daemon, 'events', 'list').length, 1);
});

test('erase leaves no byte of an address in the journal, and lists the sinks that have it already', async (t) => {
    const receiver = await Receiver.start(t);
    receiver.answer = ({ body }) => ({ status: body.includes('"subject":"dead"') ? 400 : 204 });
    const daemon = await start(t, withCrm(receiver));
    const email = 'Ada.Lovelace+crm@example.org';
    for (const word of ['first', 'dead']) {
        assert.equal((await daemon.send('lynn', lynnBody(word, { contactEmail: email }))).status, 200);
    }
    const inText = lynnBody('in text', { contactEmail: null, messages: [{ text: `I am ${email.toLowerCase()}, hello`, senderRole: 'human' }] });
    assert.equal((await daemon.send('lynn', inText)).status, 200);
    await say(daemon, 'somebody else');
    await daemon.eventually(4);
    await until('the dead letter', async () => (await daemon.metric('chathook_dead_letters', { sink: 'crm' })) === 1);
    await until('the deliveries', () => receiver.events.length === 3);
    assert.notDeepEqual(filesWith(daemon, email), []);

    const plan = JSON.parse(command(daemon, ['erase', '--email', email.toUpperCase(), '--dry-run', '--json']).out);
    assert.equal(plan.events, 3);
    const { out, err } = command(daemon, ['erase', '--email', email.toUpperCase(), '--yes']);
    assert.match(out, /^3 events, 1 dead letter and 0 refused requests name this person/);
    assert.match(out, /Erased: 3 events, 1 dead letter and 0 refused requests\./);
    assert.match(out, /events: 3 delivered already/);
    assert.match(out, /crm: 2 delivered already.*; 1 given up after failed attempts/);
    const numbers = (line) => [line.event, line.sink, Number(line.delivered), Number(line.given_up)].join();
    await daemon.logged('what the receipt says of crm', (line) => numbers(line) === 'erased_at_sink,crm,2,1');
    assert.match(out, /No byte of it is left/);
    assert.match(out, /This holds for all that was answered before \d{4}-\d\d-\d\dT[\d:.]+Z\.\nNot reached by this order:\n {2}under_way: /);
    assert.doesNotMatch(out + err, /lovelace/i);
    for (const form of [email, email.toLowerCase(), email.toUpperCase()]) assert.deepEqual(filesWith(daemon, form), []);

    assert.deepEqual(subjects(rows(daemon, 'events', 'list').map(({ event }) => event)), ['somebody else']);
    assert.deepEqual(rows(daemon, 'dead', 'list'), []);
    assert.match(command(daemon, ['erase', '--email', email, '--yes']).out, /Nothing in the journal names this person/);
    assert.equal((await daemon.send('lynn', inText)).status, 200);
    assert.equal(rows(daemon, 'events', 'list').length, 1, 'the same webhook again is still a duplicate');
    assert.doesNotMatch(daemon.lines.join('\n'), /lovelace/i, 'nor does the log name the person');
});

test('orders require the token, JSON, and a page of the same origin', async (t) => {
    const token = 'the-admin-token-of-this-test';
    const daemon = await start(t, { admin: { listen: '127.0.0.1:0', token: { value: token } } });
    await say(daemon, 'a');
    const order = (headers, body = '{"email":"visitor@example.com"}') =>
        daemon.admin('/api/v1/erase', { method: 'POST', headers, body }).then(({ status }) => status);
    const json = { 'content-type': 'application/json' };
    const bearer = { authorization: `Bearer ${token}` };
    assert.equal(await order(json), 401);
    assert.equal(await order({ ...json, authorization: 'Bearer wrong' }), 401);
    assert.equal(await order({ ...bearer, 'content-type': 'text/plain' }), 415);
    assert.equal(await order({ ...bearer, 'content-type': 'application/x-www-form-urlencoded' }), 415);
    assert.equal(await order(bearer), 415);
    assert.equal(await order({ ...bearer, ...json, origin: 'https://evil.example' }), 403);
    assert.equal(await order({ ...bearer, ...json, origin: 'null' }), 403);
    // Only the head: a refused body is read in part, and a sender that continues gets a reset.
    const tooLong = await RawConnection.open(`http://${daemon.adminAddress}`);
    const length = { ...bearer, ...json, host: daemon.adminAddress, 'content-length': 2 ** 20 + 1 };
    const head = Object.entries(length).map(([name, value]) => `${name}: ${value}\r\n`);
    tooLong.send(`POST /api/v1/erase HTTP/1.1\r\n${head.join('')}\r\n`);
    await until('an order that is too long to be refused', () => tooLong.status);
    assert.equal(tooLong.status, 413);
    tooLong.close();
    assert.equal(await order({ ...bearer, ...json }, '{"email":"visitor@example.com","all":true}'), 400);
    assert.equal((await daemon.admin('/api/v1/erase', { headers: bearer })).status, 405);
    assert.equal(rows(daemon, 'events', 'list').length, 1, 'none of these erased anything');
    assert.equal(await order({ ...bearer, ...json, origin: `http://${daemon.adminAddress}` }), 200);
    assert.equal(rows(daemon, 'events', 'list').length, 0);
});

test('without a token, a foreign host name gives no access to messages', async (t) => {
    const daemon = await start(t);
    const rebound = { headers: { host: 'rebound.example:9464' } };
    assert.equal((await daemon.admin('/api/v1/events', rebound)).status, 421);
    assert.equal((await daemon.admin('/api/v1/stream', rebound)).status, 421);
    assert.equal((await daemon.admin('/metrics', rebound)).status, 200);
    assert.equal((await daemon.admin('/api/v1/events')).status, 200);
});

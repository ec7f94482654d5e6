// Unique words replace secrets, valid signatures and personal data in everything that is sent; then every
// place that outsiders and operators can read is searched for them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Canaries, found } from './support/canaries.mjs';
import { Daemon, chathookd, configuration, temporaryDirectory } from './support/daemon.mjs';
import { RawConnection, post, request } from './support/http.mjs';
import { Receiver } from './support/receiver.mjs';
import { undo } from './support/undo.mjs';
import { vendors } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const names = Object.keys(vendors);

// A daemon with all logging enabled, after all requests that could make it reveal a canary.
async function exercised(t) {
    const directory = temporaryDirectory(t);
    const canaries = new Canaries(directory);
    const receiver = await Receiver.start(t);
    const log = { level: 'debug', format: 'json' };
    const daemon = new Daemon(directory, configuration(directory, { ...canaries.sections(receiver), log }));
    undo(t, () => daemon.end());
    const authorization = `Bearer ${canaries.adminToken}`;
    const admin = daemon.admin.bind(daemon);
    daemon.admin = (target, options = {}) =>
        admin(target, { ...options, headers: { authorization, ...options.headers } });
    await daemon.run();
    const answers = [];
    for (const vendor of names) answers.push(...(await everywhere(daemon, canaries, receiver, vendor)));
    await daemon.eventually(names.length);
    return { canaries, daemon, directory, answers };
}

// Sends the genuine webhook of one vendor, which is undeliverable at first, and its person, key and valid MAC
// in every other part of a request.
async function everywhere(daemon, canaries, receiver, vendor) {
    const { email, phone } = canaries.people[vendor];
    const key = canaries.secrets[vendor];
    receiver.answer = () => ({ status: 422, body: `${email} ${phone} ${key}` });
    const genuine = canaries.body(vendor);
    const other = canaries.body(vendor, { other: 1 });
    const forged = canaries.forged(vendor, other);
    const [mac] = [...canaries.macs].slice(-1);
    const url = `${daemon.url}/webhooks/${vendor}`;
    const plain = { 'X-Visitor': email, 'X-Phone': phone, 'X-Key': key, 'X-Mac': mac };
    const told = { ...plain, Authorization: `Bearer ${key}` };
    const query = `?email=${encodeURIComponent(email)}&phone=${phone}&key=${key}&mac=${mac}`;
    const asked = [
        await daemon.send(vendor, genuine, { headers: canaries.signed(vendor, genuine) }),
        await daemon.send(vendor, other, { headers: forged }),
        await post(url + query, { ...forged, ...told }, other),
        await post(url, { ...told, [vendors[vendor].header]: `${key} ${email}` }, other),
        await post(url, { ...forged, 'content-encoding': `${email}` }, other),
        await post(`${daemon.url}/webhooks/${email}/${key}/${phone}`, forged, other),
        await request(url + query, { method: 'PUT', headers: told, body: other }),
        await daemon.admin(`/api/v1/events${query}`, { headers: { ...told, authorization: `Bearer ${key}` } }),
        await daemon.admin(`/api/v1/${email}${query}`),
    ];
    const broken = await RawConnection.open(daemon.url);
    broken.send(`POST /webhooks/${email} ${key} ${mac}\r\nX-Phone: ${phone}\r\n\r\n`);
    await until('an answer to a broken request', () => broken.ended);
    const said = asked.map(({ status, headers, body }) => `${status} ${JSON.stringify(headers)} ${body}`);
    return [...said, broken.received];
}

// The daemon's list of rejections.
async function rejections(daemon, least) {
    let answer;
    await until('the rejections to be written', async () => {
        answer = await daemon.admin('/api/v1/rejections?limit=1000');
        assert.equal(answer.status, 200, answer.body);
        return JSON.parse(answer.body).rejections.length >= least;
    });
    return answer.body;
}

test('the output of the daemon contains no secret, no valid signature and no personal data', async (t) => {
    const { canaries, daemon, directory, answers } = await exercised(t);
    const ledger = await rejections(daemon, names.length * 3);
    const metrics = await daemon.metrics();
    const show = chathookd(['rejections', 'list', '--config', daemon.configFile]);
    assert.equal(show.code, 0, show.err);
    assert.match(show.out, /wrong_signature/);
    await daemon.stop();

    const places = {
        log: daemon.lines.join('\n'),
        metrics,
        answers: answers.join('\n'),
        ledger,
        show: show.out + show.err,
    };
    const journal = path.join(directory, 'journal');
    const files = fs.readdirSync(journal, { withFileTypes: true }).filter((entry) => entry.isFile());
    const kept = Buffer.concat(files.map((entry) => fs.readFileSync(path.join(journal, entry.name))));
    const forbidden = [...canaries.keys, ...canaries.rightMacs, ...canaries.persons];
    for (const [place, text] of Object.entries(places)) assert.deepEqual(found(forbidden, text), [], place);
    assert.deepEqual(found([...canaries.keys, ...canaries.rightMacs], kept), [], 'journal');

    // Check that the search works: the events contain their person, and the log reported them.
    const people = names.map((vendor) => canaries.people[vendor].email);
    assert.deepEqual(found(people, kept), people);
    assert.equal(places.log.split('"event":"accepted"').length - 1, names.length);
    assert.match(places.log, /c\*+@private\.example/);
    assert.match(ledger, /wrong_signature/);
    assert.match(metrics, /reason="wrong_signature"/);
});

test('no command prints a secret, and the doctor prints no valid signature', async (t) => {
    const { canaries, daemon, directory } = await exercised(t);
    const tail = chathookd(['tail', '--config', daemon.configFile]);
    assert.equal(tail.code, 0, tail.err);
    assert.match(tail.out, /handover\.requested/);
    for (const vendor of names) {
        const body = canaries.body(vendor, { doctor: 1 });
        const file = path.join(directory, `body-${vendor}`);
        const headers = path.join(directory, `headers-${vendor}`);
        fs.writeFileSync(file, body);
        const fields = Object.entries(canaries.forged(vendor, body));
        const lines = fields.map(([name, value]) => `${name}: ${value}`);
        fs.writeFileSync(headers, lines.join('\n'));
        const how = ['--vendor', vendor, '--secret', `file:${canaries.file(vendor)}`];
        const url = `${daemon.url}/webhooks/${vendor}`;
        const explained = chathookd(['explain', ...how, '--headers', headers, file]);
        const said = [
            explained,
            chathookd(['explain', ...how, '--json', '--headers', headers, file]),
            chathookd(['check', '--config', daemon.configFile]),
            chathookd(['check', '--json', '--config', daemon.configFile]),
            chathookd(['send', ...how, '--url', url, file]),
            chathookd(['send', ...how, '--url', url, '--forge', 'secret', file]),
            chathookd(['tail', '--config', daemon.configFile]),
            chathookd(['verify-journal', path.join(directory, 'journal')]),
        ].map(({ out, err }) => out + err);
        assert.deepEqual(found([...canaries.keys, ...canaries.rightMacs], said.join('\n')), [], vendor);
        assert.match(explained.out, /signature/);

        // `sign` prints the valid MAC, as asked, and nothing of the key.
        const signed = chathookd(['sign', ...how, file]);
        assert.equal(signed.code, 0, signed.err);
        assert.deepEqual(found(canaries.keys, signed.out + signed.err), []);
        assert.match(signed.out, /[0-9a-f]{40}/);
    }
    const wrong = chathookd(['check', '--config', path.join(directory, 'secret-lynn')]);
    assert.notEqual(wrong.code, 0);
    assert.deepEqual(found(canaries.keys, wrong.out + wrong.err), [], 'a secret file taken for a configuration');
});

// Events whose accepted bytes are longer than a megabyte and not JSON: their base64 is inserted when the line
// is written, with the same result everywhere.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import test from 'node:test';

import { chathookd, Daemon, readEvents } from './support/daemon.mjs';
import { Receiver } from './support/receiver.mjs';
import { lynnBody } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

// Lines of megabytes, compared without being printed.
const same = (left, right) => left.length === right.length && left.every((line, at) => line === right[at]);

const inside = 1 << 20; // up to this size the base64 is stored with the line
const person = 'visitor@example.com';

test('a long event is equal in a file, on stdout, at a receiver, in the API and for verify-journal, and is erased', async (t) => {
    const receiver = await Receiver.start(t);
    const http = { type: 'http', url: receiver.url, allow_private: true };
    const daemon = await Daemon.start(t, (directory) => ({
        server: { listen: ['127.0.0.1:0'], threads: 2, limits: { body: '4MiB' } },
        sinks: {
            events: { type: 'file', path: `${directory}/events.jsonl` },
            console: { type: 'stdout' },
            whole: { ...http, url: `${receiver.url}/whole` },
            bytes: { ...http, url: `${receiver.url}/bytes`, payload: 'original' },
        },
        routes: [{ to: ['events', 'console', 'whole', 'bytes'] }],
    }));
    const bodies = [inside, inside + 1, 3_000_000].map((size) => {
        const bytes = randomBytes(size);
        bytes[0] = 0xff; // not JSON
        bytes.write(` ${person} `, size - 100);
        return bytes;
    });
    for (const body of bodies) assert.equal((await daemon.send('lynn', body)).status, 200);
    assert.equal((await daemon.send('lynn', lynnBody('short'))).status, 200);
    const written = await daemon.eventually(4);
    const lines = fs.readFileSync(daemon.eventsFile, 'utf8').split('\n');
    for (const [at, body] of bodies.entries()) {
        assert.equal(written[at].type, 'unrecognized');
        assert.ok(Buffer.from(written[at].data.original_base64, 'base64').equals(body));
    }

    await until('all on stdout', () => daemon.printed.length === 4);
    assert.ok(same(daemon.printed, lines.slice(0, 4)), 'stdout');
    await until('all at the receiver', () => receiver.requests.length === 8);
    const at = (path) => receiver.requests.filter((request) => request.path.endsWith(path));
    assert.ok(same(at('/whole').map(({ body }) => body), lines.slice(0, 4)), 'the receiver');
    for (const [place, body] of bodies.entries()) assert.ok(at('/bytes')[place].bytes.equals(body));

    for (const number of [1, 2, 3]) {
        const one = JSON.parse((await daemon.admin(`/api/v1/events/${number}`)).body);
        assert.ok(same([JSON.stringify(one.event)], [JSON.stringify(written[number - 1])]), `the API's event ${number}`);
    }
    const list = JSON.parse((await daemon.admin('/api/v1/events')).body);
    assert.ok(same(list.events.map(({ event }) => JSON.stringify(event)), written.map((event) => JSON.stringify(event))), 'the list');

    const erase = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
    const found = await daemon.admin('/api/v1/erase', { ...erase, body: JSON.stringify({ email: person, dry_run: true }) });
    assert.equal(found.status, 200, found.body);
    assert.equal(JSON.parse(found.body).events, 4);

    await daemon.stop();
    const verified = chathookd(['verify-journal', daemon.config.journal.path, '--json', '--sink-file', `events=${daemon.eventsFile}`]);
    assert.equal(verified.code, 0, verified.out + verified.err);
    const [file] = JSON.parse(verified.out).sink_files;
    assert.deepEqual([file.lines, file.as_delivered, file.rebuilt], [4, 4, 4]);

    await daemon.run();
    assert.equal((await daemon.send('lynn', bodies[2])).status, 200); // a duplicate
    await daemon.stop();
    assert.equal(readEvents(daemon.eventsFile).length, 4);
});

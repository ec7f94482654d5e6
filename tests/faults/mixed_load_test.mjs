// Everything at once, for the thread sanitizer: genuine, forged, broken and repeated webhooks, requests at
// the admin address, reloads, reopened files, a receiver that goes down and up, and a stop in the middle of
// it. CHATHOOK_SECONDS is the duration.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { RawConnection } from '../flow/support/http.mjs';
import { undo } from '../flow/support/undo.mjs';
import { lynnBody, signed, vendors } from '../flow/support/vendors.mjs';
import { between, chance, seed, times } from './support/seed.mjs';
import { Trial } from './support/trial.mjs';

const seconds = times('CHATHOOK_SECONDS', 30);
const patience = 120_000; // milliseconds

// Many parallel deliveries to the receiver: more work of threads to check, and no backlog that outlives the
// test.
const sinksTo = (receiver) => ({
    events: { type: 'file', path: 'events.jsonl' },
    console: { type: 'stdout', format: 'json' },
    crm: {
        type: 'http', url: receiver.url, payload: 'cloudevents', allow_private: true, concurrency: 8,
        retry: { initial: '50ms', max: '200ms' },
    },
});

test(`${seconds} seconds of everything at once cause no data race (seed ${seed})`, async (t) => {
    const random = chance('mixed');
    const trial = await Trial.start(t, `mixed-${seed}`, { changes: (receiver) => ({ sinks: sinksTo(receiver) }) });
    const { daemon, ledger, receiver } = trial;
    const end = Date.now() + seconds * 1000;
    const over = () => Date.now() > end || daemon.exited;
    const done = {}; // counts of what was done
    const count = (what) => (done[what] = (done[what] ?? 0) + 1);
    // Repeats it with a pause of up to `pause` milliseconds; a connection may break, the daemon may not.
    const again = async (what, pause, work) => {
        while (!over()) {
            await work().then(() => count(what), () => count(`${what}, cut`));
            await delay(random() * pause);
        }
    };

    const forge = () => daemon.send('lynn', lynnBody('forged'), { headers: signed('lynn', lynnBody('forged'), 'x'.repeat(20)) });
    const repeat = () => ledger.send(daemon, { conversation: `${ledger.name}-${between(random, 0, Math.max(0, ledger.next - 1))}` });
    const others = Object.keys(vendors).filter((vendor) => vendor !== 'lynn');
    const stray = () => daemon.send(others[between(random, 0, others.length - 1)], JSON.stringify({ nobody: random() }));
    const breakOff = async () => {
        const connection = await RawConnection.open(daemon.url);
        connection.send('POST /webhooks/lynn HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');
        await delay(random() * 50);
        connection.close();
    };
    const malformed = async () => {
        const connection = await RawConnection.open(daemon.url);
        connection.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n');
        await delay(random() * 50);
        connection.close();
    };
    const paths = ['/metrics', '/readyz', '/healthz', '/api/v1/events?limit=20', '/api/v1/events?type=handover.*&newest=1'];
    const look = () => daemon.admin(paths[between(random, 0, paths.length - 1)]);
    // A client follows the stream for a while and leaves in the middle of it.
    const follow = () => new Promise((resolve, reject) => {
        const stream = http.get(`http://${daemon.adminAddress}/api/v1/stream`, (answer) => answer.resume());
        stream.on('error', reject);
        setTimeout(() => resolve(stream.destroy()), between(random, 10, 500));
    });
    const reload = async () => {
        const { secret, ...lynn } = daemon.config.sources.lynn;
        const secrets = [{ value: vendors.lynn.secret }, { value: `another-secret-${between(random, 1, 9)}` }];
        daemon.configure({
            ...daemon.config,
            sources: { ...daemon.config.sources, lynn: { ...lynn, secrets } },
            routes: [{ match: { vendor: ['lynn'] }, to: ['events', 'console', 'crm'] }, { to: ['events', 'console', 'crm'] }],
            log: { format: 'json', level: random() < 0.5 ? 'info' : 'debug' },
        });
        daemon.signal('SIGHUP');
    };
    // Like logrotate.
    let moved = 0;
    const rotate = async () => {
        if (fs.existsSync(trial.eventsFile)) fs.renameSync(trial.eventsFile, `${trial.eventsFile}.${1e6 - moved++}`);
        daemon.signal('SIGUSR1');
    };
    const well = receiver.answer;
    undo(t, () => (receiver.answer = well));
    const flap = async () => {
        const failing = random();
        if (failing < 0.3) receiver.answer = () => ({ status: 503, headers: { 'retry-after': '0' } });
        else if (failing < 0.6) await receiver.close();
        await delay(random() * 500);
        receiver.answer = well;
        if (!receiver.server) await receiver.up();
    };

    await Promise.all([
        ledger.load(daemon, { rate: 300, connections: 16, stopped: over }),
        again('forged', 20, forge), again('sent twice', 20, repeat), again('unrecognized', 20, stray),
        again('broken off', 50, breakOff), again('malformed', 50, malformed),
        again('looked at', 50, look), again('followed', 50, follow),
        again('reloaded', 600, reload), again('rotated', 600, rotate), again('flapped', 300, flap),
    ]);
    assert.equal(daemon.exited, undefined, daemon.lines.slice(-20).join('\n'));
    for (const what of ['forged', 'sent twice', 'broken off', 'looked at', 'followed', 'reloaded', 'rotated', 'flapped']) {
        assert.ok(done[what] > 5, `${what}: ${done[what]} times`);
    }
    await trial.delivered(patience);

    // Stopped while requests are in progress: the last thing that threads can get wrong.
    const sending = ledger.load(daemon, { connections: 16, stopped: () => daemon.exited });
    await delay(300);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    await sending;
    await daemon.run();
    await trial.delivered(patience);
    assert.deepEqual(daemon.lines.filter((line) => line.includes('ThreadSanitizer')), []);
    const { verdict } = trial.judged({ unsorted: ['events', 'console', 'crm'] });
    for (const sink of ['events', 'console', 'crm']) {
        for (const crime of ['lost', 'altered', 'split', 'disordered']) {
            assert.equal(verdict[sink][crime].count, 0, JSON.stringify(verdict, null, 1));
        }
        // The other vendors' events are not in the ledger.
        assert.deepEqual(verdict[sink].foreign.first.filter((one) => one !== 'undefined'), []);
    }
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    t.diagnostic(`${verdict.answered} answered, 0 reports; ${JSON.stringify(done)}`);
});

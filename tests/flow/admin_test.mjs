// The admin address: health, readiness, metrics, events.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';

import { Daemon, repository } from './support/daemon.mjs';
import { request } from './support/http.mjs';
import { allSamples } from './support/samples.mjs';
import { lynnBody, signed } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const promised = [
    'chathook_requests_total',
    'chathook_rejections_total',
    'chathook_events_total',
    'chathook_duplicates_total',
    'chathook_ack_seconds',
    'chathook_commit_seconds',
    'chathook_commit_batch_events',
    'chathook_deliveries_total',
    'chathook_sink_lag_seconds',
    'chathook_sink_backlog_events',
    'chathook_dead_letters',
    'chathook_journal_bytes',
    'chathook_journal_used_bytes',
    'chathook_disk_free_bytes',
    'chathook_rejections_unrecorded_total',
    'chathook_log_lines_lost_total',
    'chathook_source_last_event_seconds',
    'chathook_secret_used_total',
    'chathook_build_info',
];

async function startUsed(t) {
    const daemon = await Daemon.start(t);
    const samples = allSamples();
    for (const { vendor, body } of samples) await daemon.send(vendor, body);
    await daemon.send('lynn', lynnBody('x'), {
        headers: signed('lynn', lynnBody('x'), 'nobody-gave-me-this'),
    });
    await daemon.send(samples[0].vendor, samples[0].body);
    await daemon.eventually(samples.length);
    return { daemon, samples };
}

test('health and readiness are answered on the admin address only', async (t) => {
    const daemon = await Daemon.start(t);
    for (const path of ['/healthz', '/readyz']) {
        assert.equal((await daemon.admin(path)).status, 200, path);
        assert.equal((await request(daemon.url + path)).status, 404, path);
    }
    assert.equal((await request(`${daemon.url}/metrics`)).status, 404);
    assert.equal((await daemon.admin('/webhooks/lynn', { method: 'POST', body: '{}' })).status, 404);
});

test('the metrics have every documented name and pass promtool', async (t) => {
    const { daemon } = await startUsed(t);
    const answer = await daemon.admin('/metrics');
    assert.match(answer.headers['content-type'], /^text\/plain; version=0\.0\.4/);
    for (const name of promised) assert.match(answer.body, new RegExp(`^${name}(_bucket)?[{ ]`, 'm'), name);

    const check = spawnSync('promtool', ['check', 'metrics'], { input: answer.body, encoding: 'utf8' });
    if (check.error) throw check.error;
    assert.equal(check.status, 0, check.stdout + check.stderr);
    const broken = spawnSync('promtool', ['check', 'metrics'], { input: `${answer.body}chathook 1 2 3 4\n` });
    assert.notEqual(broken.status, 0, 'promtool finds a planted fault');
});

test('the metrics count events, answers and deliveries', async (t) => {
    const { daemon, samples } = await startUsed(t);
    await until('the deliveries to be counted', async () => {
        const delivered = await daemon.metric('chathook_deliveries_total', {
            sink: 'events',
            outcome: 'delivered',
        });
        return delivered === samples.length;
    });
    assert.equal(await daemon.metric('chathook_events_total'), samples.length);
    assert.equal(
        await daemon.metric('chathook_events_total', { vendor: 'lynn', type: 'handover.requested' }),
        1,
    );
    assert.equal(await daemon.metric('chathook_rejections_total', { source: 'lynn' }), 1);
    assert.equal(await daemon.metric('chathook_duplicates_total'), 1);
    assert.equal(await daemon.metric('chathook_ack_seconds_count'), samples.length + 1);
    assert.equal(await daemon.metric('chathook_dead_letters'), 0);
    assert.ok((await daemon.metric('chathook_disk_free_bytes')) > 0);
    assert.ok((await daemon.metric('chathook_journal_bytes')) > 0);
});

test('the manual lists exactly the metrics that exist', async (t) => {
    const { daemon } = await startUsed(t);
    const manual = fs.readFileSync(path.join(repository, 'docs/operations.md'), 'utf8');
    const exported = [...(await daemon.metrics()).matchAll(/^# TYPE (chathook_\w+)/gm)].map(
        ([, name]) => name,
    );
    const described = new Set([...manual.matchAll(/`(chathook_\w+)/g)].map(([, name]) => name));
    assert.deepEqual([...new Set(exported)].sort(), [...described].sort());
});

test('metrics that need no token have only the documented labels, none of which names a person', async (t) => {
    const { daemon } = await startUsed(t);
    const manual = fs.readFileSync(path.join(repository, 'docs/operations.md'), 'utf8');
    const described = new Map(
        [...manual.matchAll(/^\| `(chathook_\w+)` \| ([^|]*)\|/gm)].map(([, name, labels]) => [name, labels.match(/\w+/g) ?? []]),
    );
    const rebound = { headers: { host: 'rebound.example:9464' } };
    for (const probe of ['/healthz', '/readyz']) assert.equal((await daemon.admin(probe, rebound)).status, 200, probe);
    for (const guarded of ['/', '/api/v1/sinks']) assert.equal((await daemon.admin(guarded, rebound)).status, 421, guarded);
    const { status, body } = await daemon.admin('/metrics', rebound);
    assert.equal(status, 200);
    for (const [, name, labels = ''] of body.matchAll(/^(chathook_\w+?)(?:_bucket|_sum|_count)?(?:\{([^}]*)\})? /gm)) {
        const known = described.get(name) ?? described.get(`${name}_count`);
        for (const [, label] of labels.matchAll(/(\w+)="/g)) {
            assert.ok(label === 'le' || known?.includes(label), `${name} has the label ${label}`);
        }
    }
});

test('a token is needed for metrics and events, but not for health', async (t) => {
    const token = 'the-admin-token-of-this-test';
    const daemon = await Daemon.start(t, { admin: { listen: '127.0.0.1:0', token: { value: token } } });
    for (const path of ['/metrics', '/api/v1/events', '/api/v1/stream']) {
        assert.equal((await daemon.admin(path)).status, 401, path);
        const wrong = { authorization: `Bearer ${token}x` };
        assert.equal((await daemon.admin(path, { headers: wrong })).status, 401, path);
    }
    const refused = await daemon.logged('who asked without the token', ({ event }) => event === 'admin_refused');
    assert.equal(refused.reason, 'missing_token');
    assert.equal(refused.client, '127.0.0.1');
    const right = { authorization: `Bearer ${token}` };
    assert.equal((await daemon.admin('/metrics', { headers: right })).status, 200);
    assert.equal((await daemon.admin('/healthz')).status, 200);
    assert.equal((await daemon.admin('/readyz')).status, 200);
});

test('events are listed page by page', async (t) => {
    const { daemon, samples } = await startUsed(t);
    const seen = [];
    let after = 0;
    for (;;) {
        const answer = await daemon.admin(`/api/v1/events?limit=3&after=${after}`);
        assert.equal(answer.status, 200);
        const { events } = JSON.parse(answer.body);
        if (events.length === 0) break;
        assert.ok(events.length <= 3);
        seen.push(...events.map(({ event }) => event));
        after = events.at(-1).sequence;
    }
    assert.equal(seen.length, samples.length);
    assert.deepEqual(seen, daemon.events);
});

const most = 1024 * 2 ** 30; // the maximum of min_free_disk, in bytes
const { bavail, bsize } = fs.statfsSync(os.tmpdir());
const onSmallDisks = { skip: bavail * bsize > most && 'this disk has more room than can be asked for' };

test('without room on the disk the daemon is not ready, says why, and answers 503', onSmallDisks, async (t) => {
    const daemon = await Daemon.start(t);
    await daemon.stop();
    daemon.configure({
        ...daemon.config,
        journal: { ...daemon.config.journal, min_free_disk: '1024GiB' },
    });
    await daemon.run({ ready: 503 });
    const ready = await daemon.admin('/readyz');
    assert.equal(ready.status, 503);
    assert.ok(JSON.parse(ready.body).reason.length > 10);
    assert.equal((await daemon.admin('/healthz')).status, 200);
    const answer = await daemon.send('lynn', lynnBody('no room'));
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers['retry-after']) > 0);
});

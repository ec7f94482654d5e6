// A wall clock that is wrong for a while: what it must not destroy, and how it is reported.
import assert from 'node:assert/strict';
import test from 'node:test';

import { configuration, Daemon, temporaryDirectory } from './support/daemon.mjs';
import { Receiver } from './support/receiver.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody, vendors } from './support/vendors.mjs';
import { until } from './support/wait.mjs';
import { WallClock } from './support/wall_clock.mjs';

// Two sinks: the events file, and `receiver` by HTTP, which gets the French messages.
async function start(t, receiver, journal, source = {}) {
    const directory = temporaryDirectory(t);
    const clock = new WallClock(directory);
    const usual = configuration(directory);
    const daemon = new Daemon(directory, {
        ...usual,
        journal: { ...usual.journal, ...journal },
        sources: {
            lynn: { ...usual.sources.lynn, ...source },
            french: { vendor: 'lynn', path: '/webhooks/french', secret: { value: vendors.lynn.secret } },
        },
        sinks: {
            ...usual.sinks,
            crm: {
                type: 'http',
                url: receiver.url,
                allow_private: true,
                retry: { initial: '1ms', max: '5ms' },
            },
        },
        routes: [
            { match: { source: ['french'] }, to: ['crm'] },
            { match: { source: ['lynn'] }, to: ['events'] },
        ],
    });
    undo(t, () => daemon.end());
    await daemon.run({ env: clock.env });
    return { daemon, clock };
}

async function refusing(t) {
    const receiver = await Receiver.start(t);
    receiver.answer = () => ({ status: 400 });
    return receiver;
}
const dead = (daemon) => daemon.metric('chathook_dead_letters', { sink: 'crm' });
const expired = (daemon) => daemon.metric('chathook_dead_letters_expired_total', { sink: 'crm' });
const jumps = (daemon) => daemon.logs.filter(({ event }) => event === 'clock_jumped');
const seesJump = (daemon, count) => until(`jump ${count}`, () => jumps(daemon).length === count);
const events = async (daemon) => JSON.parse((await daemon.admin('/api/v1/events?limit=1000')).body).events;
const take = async (daemon, body, source = 'lynn') =>
    assert.equal((await daemon.send('lynn', body, { source })).status, 200);

// Sends an event and waits until it is deleted, which proves that retention has run.
async function sweeps(daemon, words) {
    await take(daemon, lynnBody(words));
    const stands = async () => (await events(daemon)).some(({ event }) => event.subject === words);
    await until(`${words} to be forgotten`, async () => !(await stands()));
}

test('a clock that is 40 days ahead for four seconds deletes no dead letter or key and expires no secret', async (t) => {
    const inTenDays = new Date(Date.now() + 10 * 86_400_000).toISOString();
    const { daemon, clock } = await start(
        t,
        await refusing(t),
        { retain_delivered: '1s', retain_dead: '30d', dedupe_window: '7d' },
        { secret: { value: vendors.lynn.secret, not_after: inTenDays } },
    );
    for (const word of ['un', 'deux', 'trois', 'quatre', 'cinq']) await take(daemon, lynnBody(word), 'french');
    await take(daemon, lynnBody('once'));
    await until('the dead letters', async () => (await dead(daemon)) === 5);

    clock.set('+40d');
    await seesJump(daemon, 1);
    await sweeps(daemon, 'while it was wrong');
    await take(daemon, lynnBody('once'));
    clock.set('+0');
    await seesJump(daemon, 2);
    await sweeps(daemon, 'when it was right again');
    await take(daemon, lynnBody('once'));

    assert.equal(await daemon.metric('chathook_duplicates_total', { source: 'lynn' }), 2);
    assert.equal(await dead(daemon), 5);
    assert.equal(await expired(daemon), 0);
    const answer = await daemon.admin('/api/v1/dead?limit=10');
    assert.equal(JSON.parse(answer.body).dead.length, 5);
    assert.equal(await daemon.metric('chathook_clock_jumps_total'), 2);
    assert.deepEqual(
        jumps(daemon).map(({ by, direction }) => [by, direction]),
        [
            ['3456000s', 'forward'],
            ['3456000s', 'back'],
        ],
    );
    for (const { consequence } of jumps(daemon)) assert.match(consequence, /ages and retention go on without it/);
});

test('expired dead letters are logged and counted, and the gauge is correct, while the sink is idle', async (t) => {
    const { daemon } = await start(t, await refusing(t), { retain_dead: '3s' });
    for (const word of ['un', 'deux', 'trois']) await take(daemon, lynnBody(word), 'french');
    await until('the dead letters', async () => (await dead(daemon)) === 3);
    await until('them to expire', async () => (await expired(daemon)) === 3);
    await until('the gauge', async () => (await dead(daemon)) === 0);
    const said = await until('the lines of all three', () => {
        const lines = daemon.logs.filter(({ event }) => event === 'dead_letters_expired');
        return lines.reduce((sum, line) => sum + Number(line.events), 0) === 3 && lines;
    });
    for (const line of said) {
        assert.equal(line.level, 'warning');
        assert.equal(line.sink, 'crm');
    }
    assert.doesNotMatch(JSON.stringify(said), /deux/);
});

test('a journal filled while the clock was ten years ahead accepts events again when the clock is right', async (t) => {
    const receiver = await Receiver.start(t);
    const { daemon, clock } = await start(t, receiver, { retain_delivered: '2s', max_size: '1MiB' });
    clock.set('+10y');
    await seesJump(daemon, 1);
    const sent = (word) => daemon.send('lynn', lynnBody(word.padEnd(20_000, '.'))).then(({ status }) => status);
    for (let number = 0; (await sent(`full ${number}`)) === 200; ++number) assert.ok(number < 5000, 'it never fills');
    clock.set('+0');
    await seesJump(daemon, 2);
    await until('room', async () => (await sent('again')) === 200);
    await until('events of the wrong time to be forgotten', async () =>
        (await events(daemon)).every(({ event }) => !event.subject.startsWith('full')),
    );
});

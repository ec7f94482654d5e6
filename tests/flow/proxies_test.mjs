// The corpus of requests against the real daemon, straight and through nginx, Caddy and HAProxy as
// config/proxies sets them up. Nothing may become an event that the proxy does not know to have passed on:
// that would be a smuggled request.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Daemon } from './support/daemon.mjs';
import { exchange, inParallel, readCorpus } from './support/corpus.mjs';
import { proxies } from './support/proxies.mjs';
import { until } from './support/wait.mjs';

const start = (t) =>
    Daemon.start(t, { server: { listen: ['127.0.0.1:0'], threads: 2, trusted_proxies: ['127.0.0.1/32'] } });

// What the daemon's log says that it answered, as [{client, status}].
const answered = (daemon) =>
    daemon.logs.flatMap(({ event, client, status }) => {
        if (event === 'accepted' || event === 'duplicate') return [{ client, status: 200 }];
        return event === 'refused' ? [{ client, status: Number(status) }] : [];
    });

const statusesOf = (answers) => answers.map(({ status }) => status).sort();
const taken = (answers, { address }) =>
    answers.filter(({ client, status }) => client === address && status === 200).length;

// The events by the subject that each case gave to its two requests.
function countEvents(daemon) {
    const counts = new Map();
    for (const { subject } of daemon.events) counts.set(subject, (counts.get(subject) ?? 0) + 1);
    return counts;
}

test('straight to the daemon, only what has one meaning becomes an event', async (t) => {
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
        let seen = 0; // webhooks taken, as the clients were told
        await inParallel(corpus, async (one) => {
            seen += (await exchange(one, proxy.port, { secure: true })).accepted;
        });

        const same = () => {
            const [theirs, ours] = [proxy.upstream(), answered(daemon)].map(statusesOf);
            return theirs.filter((status) => status === 200).length >= seen && theirs.join() === ours.join();
        };
        await until('both logs to be written', same).catch(() => {}); // told apart below
        await daemon.stop(); // now nothing can be on its way any more, but from the journal to the sink
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

// The proxy reloads its configuration under load: no webhook is answered with an error of the proxy itself,
// and none fails for a sender that opens a connection for each, through a proxy that passes its listening
// socket on. (Caddy 2.6.2 opens another socket with SO_REUSEPORT; connections that wait at the old one are
// reset when it closes.) What happens to kept connections depends on the proxy and is counted:
// docs/deployment.md says what to expect.
//
// RELOAD_REQUESTS: webhooks per run (2,000).
import assert from 'node:assert/strict';
import test from 'node:test';

import { Daemon } from './support/daemon.mjs';
import { proxies } from './support/proxies.mjs';
import { send, targetBehind, throughTls } from './support/steady.mjs';

const requests = Number(process.env.RELOAD_REQUESTS ?? 2000);
const reloads = 3;
const answered = /x \d{3}\b/; // answered by the proxy itself; any other failure is one of the connection

// Sends the webhooks of one run, with reloads in between, and returns how many failed, and how.
async function sendOverReloads(target, name) {
    const due = Array.from({ length: reloads }, (_, i) => Math.floor(((i + 1) * requests) / (reloads + 1)));
    let reloading = Promise.resolve();
    const failed = await send(requests, { ...target, name }, (number) => {
        if (due.length === 0 || number < due[0]) return;
        due.shift();
        reloading = reloading.then(target.reload);
    });
    await reloading;
    return failed;
}

for (const [name, start] of Object.entries(proxies)) {
    const handsSocketOn = name !== 'caddy';
    const promised = handsSocketOn ? 'no webhook fails' : 'no webhook is answered with an error';
    test(`${promised} when ${name} is reloaded, if its sender opens a connection for each`, async (t) => {
        const daemon = await Daemon.start(t, {
            server: { listen: ['127.0.0.1:0'], threads: 2, trusted_proxies: ['127.0.0.1/32'] },
        });
        daemon.port = Number(new URL(daemon.url).port);
        const kept = await targetBehind(start)(t, daemon);
        const fresh = { ...kept, agent: throughTls() };
        const ofAll = `of ${requests} with ${reloads} reloads`;
        const cut = await sendOverReloads(fresh, 'fresh');
        t.diagnostic(`on a connection for each, ${ofAll}: ${cut || 'none'} failed`);
        if (handsSocketOn) assert.equal(cut, '', ofAll);
        assert.doesNotMatch(cut, answered);
        if (cut === '') await daemon.eventually(requests);

        const failed = await sendOverReloads(kept, 'kept');
        kept.agent.destroy();
        t.diagnostic(`on connections that senders keep, ${ofAll}: ${failed || 'none'} failed`);
        if (name === 'haproxy') assert.equal(failed, '');
        assert.doesNotMatch(failed, answered);
    });
}

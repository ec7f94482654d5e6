// More sinks than fit into a machine word, in one configuration and over the life of a journal.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { chathookd, Daemon } from './support/daemon.mjs';
import { lynnBody } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const names = (generation) => Array.from({ length: 100 }, (_, at) => `${generation}-${at}`);

// File sinks of these names. Every webhook goes to all of them, but a handover only to the last.
function configuration(sinks) {
    return {
        sinks: Object.fromEntries(sinks.map((name) => [name, { type: 'file', path: `${name}.jsonl` }])),
        routes: [{ match: { type: ['lead.*'] }, to: sinks }, { match: { type: ['handover.*'] }, to: [sinks.at(-1)] }],
    };
}

function linesOf(daemon, name) {
    const file = path.join(daemon.directory, `${name}.jsonl`);
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

const lead = (number) => JSON.stringify({
    eventType: 'leads.submit',
    chatbotId: 'bot-1',
    payload: { conversationId: `c-${number}`, customerEmail: `visitor-${number}@example.com` },
});

test('a configuration has a hundred sinks, and a journal two hundred over its life', async (t) => {
    const daemon = await Daemon.start(t, configuration(names('old')));
    for (let at = 0; at < 3; ++at) assert.equal((await daemon.send('chatbase', lead(at))).status, 200);
    assert.equal((await daemon.send('lynn', lynnBody('handover'))).status, 200);
    const eachHas = (sinks, leads) => until('every sink to have its events', () =>
        sinks.every((name, at) => linesOf(daemon, name).length === leads + (at === sinks.length - 1 ? 1 : 0)));
    await eachHas(names('old'), 3);

    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    daemon.configure({ ...daemon.config, ...configuration(names('new')) });
    await daemon.run();
    assert.equal((await daemon.send('chatbase', lead(0))).status, 200, 'a duplicate');
    assert.equal((await daemon.send('chatbase', lead(3))).status, 200);
    assert.equal((await daemon.send('lynn', lynnBody('another handover'))).status, 200);
    await eachHas(names('new'), 1);
    await eachHas(names('old'), 3);

    const sinks = JSON.parse((await daemon.admin('/api/v1/sinks')).body).sinks;
    assert.equal(sinks.length, 200);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    const { code, out, err } = chathookd(['verify-journal', daemon.config.journal.path, '--json']);
    assert.equal(code, 0, out + err);
    const found = JSON.parse(out);
    assert.equal(found.events, 6);
    assert.equal(found.sinks.length, 200);
    assert.equal(found.sinks.filter(({ waiting }) => waiting > 0).length, 0);
});

// Makes the pictures of docs/pictures anew: the real page of the real daemon, after invented webhooks. Prints what `chathookd tail`
// says of them, which stands in README.md.
//   cmake --build build/dev --target pictures
import assert from 'node:assert/strict';
import path from 'node:path';

import { chathookd, Daemon, repository } from '../flow/support/daemon.mjs';
import { Receiver } from '../flow/support/receiver.mjs';
import { sampleBody } from '../flow/support/samples.mjs';
import { lynnBody, signed } from '../flow/support/vendors.mjs';
import { until } from '../flow/support/wait.mjs';
import { openPage, start, stop } from './browser.mjs';

const size = { width: 1280, height: 600 };
const folder = path.join(repository, 'docs/pictures');

const says = (text, contactEmail) => lynnBody(text, { contactEmail, messages: [{ text, senderRole: 'human' }] });
const webhooks = [
    ['wonderchat', sampleBody('wonderchat', 'HUMAN_HANDOVER')],
    ['newoaks', sampleBody('newoaks', 'Appointment')],
    ['lynn', says('Is the blue one in stock again?', 'ada@example.com')],
    ['chatbase', sampleBody('chatbase', 'leads.submit')],
    ['knowrithm', sampleBody('knowrithm', 'message.received')],
    ['lynn', says('My parcel has not arrived yet, could somebody look?', 'visitor@example.com')],
];

async function startDaemon(t) {
    const receiver = await Receiver.start(t);
    const daemon = await Daemon.start(t, (directory) => ({
        sinks: {
            events: { type: 'file', path: path.join(directory, 'events.jsonl') },
            crm: { type: 'http', url: receiver.url },
        },
        routes: [{ to: ['events', 'crm'] }],
    }));
    for (const [vendor, body] of webhooks) assert.equal((await daemon.send(vendor, body)).status, 200);
    const forged = signed('lynn', lynnBody('forged'), 'another-secret-than-ours');
    assert.equal((await daemon.send('lynn', lynnBody('forged'), { headers: forged })).status, 401);
    await daemon.eventually(webhooks.length);
    await until('the receiver', () => receiver.requests.length === webhooks.length);
    return daemon;
}

async function take(t, daemon, name, hash, text) {
    const page = await openPage(t, daemon.adminAddress, hash);
    await page.setViewportSize(size);
    await page.getByText(text).first().waitFor();
    await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
    assert.deepEqual(page.complaints, []);
}

const ends = [];
const t = { after: (end) => ends.push(end) };
await start();
try {
    const daemon = await startDaemon(t);
    await take(t, daemon, 'overview', '#/', 'wonderchat');
    await take(t, daemon, 'events', '#/events', 'visitor@example.com');
    process.stdout.write(chathookd(['tail', '--admin', daemon.adminAddress]).out);
} finally {
    for (const end of ends) await end();
    await stop();
}

// The web page at the admin address, in a real Chromium against the real daemon.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import test, { after, before } from 'node:test';

import { Daemon } from '../flow/support/daemon.mjs';
import { request } from '../flow/support/http.mjs';
import { Receiver } from '../flow/support/receiver.mjs';
import { lynnBody, signed } from '../flow/support/vendors.mjs';
import { undo } from '../flow/support/undo.mjs';
import { until } from '../flow/support/wait.mjs';
import { assertAccessible, openForeign, openPage, start, stop } from './browser.mjs';

before(start);
after(stop);

const hostile = '<img src=x onerror="window.hacked=1"><b>bold</b>';
const says = (id, text, email = 'visitor@example.com') => JSON.stringify({
    conversationId: id, contactEmail: email, createdAt: '2023-11-23T07:48:23.119Z',
    messages: [{ text, senderRole: 'human' }],
});
const accepted = async (daemon, ...bodies) => {
    for (const body of bodies) assert.equal((await daemon.send('lynn', body)).status, 200);
};

// A file sink, and a receiver that refuses all that it gets.
async function startRefusing(t, ...bodies) {
    const receiver = await Receiver.start(t);
    receiver.answer = () => ({ status: 400 });
    const daemon = await Daemon.start(t, (directory) => ({
        sinks: {
            events: { type: 'file', path: path.join(directory, 'events.jsonl') },
            crm: { type: 'http', url: receiver.url, retry: { initial: '1ms', max: '5ms', max_age: '1h' } },
        },
        routes: [{ to: ['events', 'crm'] }],
    }));
    await accepted(daemon, ...bodies);
    await until('the dead letters', async () => (await daemon.metric('chathook_dead_letters', { sink: 'crm' })) === bodies.length);
    return { daemon, receiver };
}

const rows = (page) => page.locator('tbody tr');
const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const dialog = (page) => page.locator('dialog[open]');

test('events are listed newest first, and appear as they come', async (t) => {
    const daemon = await Daemon.start(t);
    await accepted(daemon, says('a', 'the first'), says('b', 'the second'));
    const page = await openPage(t, daemon.adminAddress, '#/events');
    await rows(page).nth(1).waitFor();
    assert.match(await rows(page).nth(0).innerText(), /handover\.requested[\s\S]*visitor@example\.com[\s\S]*the second/);
    assert.match(await rows(page).nth(1).innerText(), /the first/);
    await accepted(daemon, says('c', 'the third'));
    await page.getByText('the third').waitFor();
    assert.match(await rows(page).first().innerText(), /the third/);

    await press(page, 'Pause');
    await accepted(daemon, says('d', 'the fourth'));
    await page.getByText('Paused; 1 wait.').waitFor();
    assert.equal(await rows(page).count(), 3);
    await press(page, 'Go on');
    await page.getByText('the fourth').waitFor();
    await assertAccessible(page);
    assert.deepEqual(page.complaints, []);
});

test('what a visitor wrote is shown as text, and never becomes a part of the page', async (t) => {
    const daemon = await Daemon.start(t);
    await accepted(daemon, says('a', hostile));
    const page = await openPage(t, daemon.adminAddress, '#/events');
    await page.getByText(hostile).waitFor();
    await page.getByRole('link', { name: 'handover.requested' }).click();
    await page.getByRole('heading', { name: 'Conversation' }).waitFor();
    assert.ok((await page.locator('.messages').innerText()).includes(hostile));
    assert.equal(await page.locator('main img, main b b').count(), 0);
    assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
    assert.deepEqual(page.complaints, []);
});

test('the events of one source or type are found by an address that can be sent to somebody', async (t) => {
    const daemon = await Daemon.start(t);
    await accepted(daemon, says('a', 'of lynn'));
    const page = await openPage(t, daemon.adminAddress, '#/events');
    await page.getByText('of lynn').waitFor();
    await page.getByLabel('Type').fill('lead.*');
    await press(page, 'Filter');
    await page.getByText('No event is kept that fits.', { exact: false }).waitFor();
    assert.match(page.url(), /#\/events\?type=lead\.\*$/);
    await page.goto(`http://${daemon.adminAddress}/#/events?type=handover.*&vendor=lynn`);
    await page.getByText('of lynn').waitFor();
    assert.equal(await page.getByLabel('Vendor').inputValue(), 'lynn');
});

test('more than a page of events is gone through backwards', async (t) => {
    const daemon = await Daemon.start(t);
    for (let at = 0; at < 230; ++at) await accepted(daemon, says(`c-${at}`, `text ${at}.`));
    const page = await openPage(t, daemon.adminAddress, '#/events');
    await page.getByText('text 229.').waitFor();
    assert.equal(await rows(page).count(), 100);
    await press(page, 'Older');
    await page.getByText('text 100.').waitFor();
    await press(page, 'Older');
    await page.getByText('text 0.', { exact: true }).waitFor();
    assert.equal(await rows(page).count(), 230);
    assert.equal(await page.getByRole('button', { name: 'Older' }).isVisible(), false);
});

test('when chathookd does not answer any more the page says so, where it was asked and above', async (t) => {
    const daemon = await Daemon.start(t);
    for (let at = 0; at < 101; ++at) await accepted(daemon, says(`c-${at}`, `text ${at}.`));
    const page = await openPage(t, daemon.adminAddress, '#/events');
    await page.getByText('text 100.').waitFor();
    await daemon.end();
    await press(page, 'Older');
    await page.getByRole('alert').getByText('chathookd does not answer').waitFor();
    await page.locator('#health.ill').waitFor();
});

test('an event tells how far it is with each sink, and is delivered once more when somebody confirms it', async (t) => {
    const daemon = await Daemon.start(t);
    await accepted(daemon, says('a', 'hello'));
    const [event] = await daemon.eventually(1);
    const page = await openPage(t, daemon.adminAddress, `#/events/${event.id}`);
    await page.getByRole('cell', { name: 'delivered' }).waitFor();
    assert.deepEqual(JSON.parse(await page.locator('pre').innerText()), event);
    await assertAccessible(page);

    await press(page, 'Deliver again');
    await dialog(page).getByText('events will get this event again').waitFor();
    await assertAccessible(page);
    await dialog(page).getByRole('button', { name: 'Cancel' }).click();
    assert.equal(daemon.events.length, 1);

    await press(page, 'Deliver again');
    await dialog(page).getByRole('button', { name: 'Deliver again' }).click();
    await dialog(page).getByText('It is due for events again.').waitFor();
    await until('the repeat', () => daemon.events.length === 2);
    assert.deepEqual(daemon.events[1], event);
    assert.deepEqual(page.complaints, []);
});

test('dead letters are tried again or thrown away after the plan was read', async (t) => {
    const { daemon, receiver } = await startRefusing(t, lynnBody('a'), lynnBody('b'), lynnBody('c'));
    const page = await openPage(t, daemon.adminAddress, '#/dead');
    await rows(page).nth(2).waitFor();
    assert.match(await rows(page).first().innerText(), /crm[\s\S]*400/);
    await assertAccessible(page);

    receiver.answer = () => ({ status: 204 });
    const seen = receiver.events.length;
    await rows(page).first().getByRole('button', { name: 'Try again' }).click();
    await dialog(page).getByText('1 dead letter will be delivered again: crm 1.').waitFor();
    await dialog(page).getByRole('button', { name: 'Try again' }).click();
    await dialog(page).getByText('1 event due again.').waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await until('its delivery', () => receiver.events.length === seen + 1);
    assert.equal(receiver.events.at(-1).subject, 'c');

    await press(page, 'Throw all away');
    await dialog(page).getByText('2 dead letters will be thrown away for good: crm 2.', { exact: false }).waitFor();
    await dialog(page).getByRole('button', { name: 'Throw away' }).click();
    await dialog(page).getByText('2 dead letters thrown away.').waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await page.getByText('There are no dead letters.').waitFor();
    assert.equal(receiver.events.length, seen + 1);
    assert.deepEqual(page.complaints, []);
});

test('a refused request is listed with its reason, and the source that it was for', async (t) => {
    const daemon = await Daemon.start(t);
    const forgedBody = says('a', 'forged');
    const forged = await daemon.send('lynn', forgedBody, { headers: { ...signed('lynn', forgedBody), 'x-lynn-hmac-sha256': '0'.repeat(64) } });
    assert.equal(forged.status, 401);
    await until('the refusal to be written down', async () => {
        const answer = await daemon.admin('/api/v1/rejections');
        return JSON.parse(answer.body).rejections.length === 1;
    });
    const page = await openPage(t, daemon.adminAddress, '#/rejections');
    await page.getByRole('link', { name: 'wrong_signature' }).click();
    await page.getByText('Its content was not kept', { exact: false }).waitFor();
    assert.match(await page.locator('dl').innerText(), /lynn[\s\S]*401[\s\S]*127\.0\.0\.1/);
    await assertAccessible(page);
    assert.deepEqual(page.complaints, []);
});

test('a person is erased after it was said how much that is', async (t) => {
    const daemon = await Daemon.start(t);
    await accepted(daemon, says('a', 'mine', 'me@example.com'), says('b', 'also mine', 'me@example.com'), says('c', 'not mine'));
    await daemon.eventually(3);
    const page = await openPage(t, daemon.adminAddress, '#/erase');
    await page.getByLabel('Email address').fill('me@example.com');
    await assertAccessible(page);
    await press(page, 'Look for this person');
    await dialog(page).getByText('2 events, 0 dead letters and 0 refused requests name this person', { exact: false }).waitFor();
    assert.match(await dialog(page).innerText(), /events has got 2 of them/);
    await dialog(page).getByRole('button', { name: 'Erase for good' }).click();
    await dialog(page).getByText('No byte of them is left', { exact: false }).waitFor();
    assert.match(await dialog(page).innerText(), /all that was answered before \d{4}-[\s\S]*Not reached: .*files with their rotations/);
    const { events } = JSON.parse((await daemon.admin('/api/v1/events')).body);
    assert.deepEqual(events.map(({ event }) => event.subject), ['c']);
    assert.deepEqual(page.complaints, []);
});

test('the overview tells of every sink and source how it is', async (t) => {
    const { daemon, receiver } = await startRefusing(t, lynnBody('a'));
    receiver.answer = () => ({ status: 503 });
    const page = await openPage(t, daemon.adminAddress);
    await page.getByRole('row', { name: /^crm works 0 1$/ }).waitFor();
    await accepted(daemon, lynnBody('b'));
    await page.getByRole('row', { name: /^crm fails/ }).waitFor();
    const text = (await page.locator('main').innerText()).replace(/\s+/g, ' ');
    assert.match(text, /events works 0 0 crm fails, first (now|\d+ seconds? ago)(, next attempt (now|in \d+ seconds?))? 1 (now|\d+ seconds? ago) 1/);
    assert.match(text, /lynn 2 (now|\d+ seconds? ago) 0 0/);
    assert.match(text, /Size \d+ MiB Free on its disk [\d,]+ MiB chathookd \d+\./);
    await page.getByRole('status').getByText('ready').waitFor();
    await assertAccessible(page);
    assert.deepEqual(page.complaints, []);
});

test('where a token is needed the page asks for it, and shows nothing before', async (t) => {
    const token = 'a-token-for-the-page-7c1e';
    const daemon = await Daemon.start(t, { admin: { listen: '127.0.0.1:0', token: { value: token } } });
    await accepted(daemon, says('a', 'private'));
    const page = await openPage(t, daemon.adminAddress, '#/events');
    await page.getByLabel('Token').fill('wrong');
    await press(page, 'Use it');
    await page.getByLabel('Token').fill(token);
    assert.equal(await page.getByText('private').count(), 0);
    await assertAccessible(page);
    await press(page, 'Use it');
    await page.getByText('private').waitFor();
    await page.reload();
    await page.getByText('private').waitFor();
    assert.deepEqual(page.complaints, []);
});

test('the page may run and ask for nothing but itself, and be framed by nobody', async (t) => {
    const daemon = await Daemon.start(t);
    const answer = await daemon.admin('/');
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-type'], /^text\/html/);
    const policy = answer.headers['content-security-policy'];
    for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]) {
        assert.ok(policy.includes(rule), policy);
    }
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.equal((await daemon.admin('/page/nothing.js')).status, 404);
    assert.equal((await request(`http://${daemon.adminAddress}/`, { method: 'POST' })).status, 405);
    const page = await openPage(t, daemon.adminAddress);
    const ran = await page.evaluate(() => {
        try {
            document.body.innerHTML = '<b>markup</b>';
            return 'markup';
        } catch (error) {
            return error.name;
        }
    });
    assert.equal(ran, 'TypeError');
});

// Serves one empty page, which is no page of the daemon's; its port.
async function startForeignSite(t) {
    const server = http.createServer((incoming, outgoing) =>
        outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>elsewhere</title>'));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    undo(t, () => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
    });
    return server.address().port;
}

// What a page can make its visitor's browser ask without anybody's leave; in the browser.
async function askEverything(urls) {
    const ended = (element, url) => new Promise((resolve) => {
        element.onload = () => resolve('loaded');
        element.onerror = () => resolve('error');
        element.src = url;
        document.head.append(element);
    });
    const answers = [];
    for (const url of urls) {
        answers.push(await ended(new Image(), url), await ended(document.createElement('script'), url));
        answers.push(await fetch(url).then(() => 'read', () => 'error'));
        answers.push(await fetch(url, { mode: 'no-cors' }).then(({ type }) => type, () => 'error'));
        const source = new EventSource(url);
        answers.push(await new Promise((resolve) => {
            source.onopen = () => resolve('open');
            source.onerror = () => resolve('error');
        }));
        source.close();
    }
    return answers;
}

test('what a page of another site asks of the API, the stream and the metrics is refused before any work', async (t) => {
    const daemon = await Daemon.start(t);
    await accepted(daemon, says('a', 'hello'));
    const port = await startForeignSite(t);
    const paths = ['/api/v1/events?limit=1000', '/api/v1/stream', '/api/v1/sinks', '/metrics'];
    const refused = () => daemon.logs.filter(({ event }) => event === 'foreign_page_refused');
    for (const host of ['localhost', '127.0.0.1']) { // another site; the same site, but another origin
        const page = await openForeign(t, `http://${host}:${port}/`);
        const urls = paths.map((path) => `http://${daemon.adminAddress}${path}`);
        const answers = await page.evaluate(askEverything, urls);
        assert.deepEqual(new Set(answers), new Set(['error']), `${host}: ${answers}`);
        const asked = () => page.answers().filter(({ url }) => urls.includes(url)); // and not the page's own icon
        await until('an answer from each', () => new Set(asked().map(({ url }) => url)).size === urls.length);
        assert.deepEqual(new Set(asked().map(({ status }) => status)), new Set([403]));
    }
    await until('the log', () => refused().some(({ client }) => client === '127.0.0.1'));
    assert.ok(daemon.logs.every(({ event }) => !['stream_refused', 'admin_answer_cut'].includes(event)));

    const page = await openPage(t, daemon.adminAddress, '#/events');
    await page.getByText('hello').waitFor();
    assert.deepEqual(page.complaints, []);
    const read = await page.evaluate(() => fetch('/metrics').then((answer) => answer.text()));
    assert.match(read, /chathook_events_total|# HELP chathook_/);
    for (const path of ['/metrics', '/api/v1/events', '/api/v1/sinks']) {
        const curl = spawnSync('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', `http://${daemon.adminAddress}${path}`], { encoding: 'utf8' });
        assert.equal(curl.stdout, '200', path);
    }
});

// A real Chromium, which notes everything it complains about. $CHROMIUM is the program, $WEB_PACKAGES where npm put its driver.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { undo } from '../flow/support/undo.mjs';

const packages = createRequire(path.join(process.env.WEB_PACKAGES, 'packages.js'));
const { chromium } = packages('playwright-core');
const axe = fs.readFileSync(packages.resolve('axe-core/axe.min.js'), 'utf8');

let browser;
export const start = async () => {
    browser = await chromium.launch({
        executablePath: process.env.CHROMIUM,
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
            '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
    });
};
export const stop = () => browser.close();

// A page of its own, with nothing stored. `complaints`: errors, warnings, broken rules of its own policy, requests to others.
export async function openPage(t, address, hash = '#/') {
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    undo(t, () => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.complaints = [];
    const expected = (text) => /status of 401/.test(text) || /status of 404/.test(text);
    page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type()) && !expected(message.text())) page.complaints.push(message.text());
    });
    page.on('pageerror', (error) => page.complaints.push(String(error)));
    page.on('request', (request) => {
        const { host, protocol } = new URL(request.url());
        if (host !== address && protocol !== 'data:') page.complaints.push(`asked ${request.url()}`);
    });
    await page.goto(`http://${address}/${hash}`);
    return page;
}

// A page of somebody else's. `answers()`: the address and status of each answer that its browser got, also of those
// that it keeps from the page. DevTools may tell of an answer before it tells of its request.
export async function openForeign(t, url) {
    const context = await browser.newContext();
    undo(t, () => context.close());
    const page = await context.newPage();
    await page.goto(url);
    const urls = new Map();
    const statuses = [];
    page.answers = () => statuses.map(({ requestId, statusCode }) => ({ url: urls.get(requestId), status: statusCode }));
    const devtools = await context.newCDPSession(page);
    devtools.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, request.url));
    devtools.on('Network.responseReceivedExtraInfo', (answer) => statuses.push(answer));
    await devtools.send('Network.enable');
    return page;
}

// What axe finds wrong for people who do not see it or have no mouse (WCAG 2.1 A and AA).
export async function assertAccessible(page) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
        globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }));
    assert.deepEqual(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 120))]), []);
}

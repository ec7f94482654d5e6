// Hundreds of invalid variants of a valid signature, over real HTTP: each gets exactly the same answer, and
// none becomes an event. Variants that HTTP cannot carry are in tests/vendors/forgeries_test.cpp.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';

import { Daemon } from './support/daemon.mjs';
import { RawConnection } from './support/http.mjs';
import { allSamples } from './support/samples.mjs';
import { signed, vendors } from './support/vendors.mjs';
import { patience } from './support/wait.mjs';

const headerOf = (vendor, body, secret) => {
    const headers = signed(vendor, body, secret);
    const [, value] = Object.entries(headers).find(([name]) => name.toLowerCase() === vendors[vendor].header);
    return value;
};

// The header's value up to the MAC, and the MAC in hex.
const parts = (value) => {
    const at = value.lastIndexOf('=') + 1;
    return [value.slice(0, at), value.slice(at)];
};

const replaced = (text, at, character) => text.slice(0, at) + character + text.slice(at + 1);
const range = (count) => [...Array(count).keys()];

// Every prefix, and at every position another character, an extra one and a missing one.
function edits(value, digitsFrom) {
    return range(value.length).flatMap((at) => {
        const other = value[at] === '0' ? '1' : '0';
        const junk = 'gZ:-_.+/='[at % 9];
        return [
            value.slice(0, at),
            replaced(value, at, at < digitsFrom ? '~' : other),
            replaced(value, at, junk === value[at] ? '~' : junk),
            value.slice(0, at) + '0' + value.slice(at),
            value.slice(0, at) + value.slice(at + 1),
        ];
    });
}

const algorithms = ['sha1=', 'sha256=', 'SHA256=', 'sha512=', 'hmac='];
const labels = [...algorithms, 'v0=', 'v1=', 'v1a=', 'v1,', 'Bearer ', '=', ''];

// Header values that must be refused. `others` are genuine for other bodies or with other secrets.
function forgedValues(right, others) {
    const [label, mac] = parts(right);
    const bytes = Buffer.from(mac, 'hex');
    const pairs = mac.match(/../g);
    const spelled = [
        pairs.join(':'),
        pairs.join(' '),
        pairs.join('-'),
        `0x${mac}`,
        `"${mac}"`,
        mac + mac,
        bytes.toString('base64url') + '.',
        bytes.toString('base64') + '=',
        Buffer.from(mac).toString('base64'),
        '0'.repeat(mac.length),
        [...mac].reverse().join(''),
    ];
    const listed = [',', ', ', ';'].map((comma) => right + comma + right);
    const timed = label.startsWith('t=') ? timedValues(label, mac) : [];
    const words = ['', '0', 'null', 'undefined', '*', ',', '=', 't=,v1=', '{}', 'a'.repeat(4000)];
    const values = [
        ...edits(right, label.length),
        ...spelled.map((text) => label + text),
        ...labels.flatMap((other) => [other + mac, label + other + mac]),
        ...listed,
        Array(9).fill(right).join(','),
        ...timed,
        ...words,
        ...others,
    ];
    return [...new Set(values.map((value) => value.trim()))].filter((value) => value !== right);
}

function timedValues(label, mac) {
    const t = label.slice(2, label.indexOf(','));
    const moved = [-1, 1].map((step) => `t=${Number(t) + step},v1=${mac}`);
    const wrong = `v1=${'0'.repeat(mac.length)}`;
    return [
        ...moved,
        `t=${t}000,v1=${mac}`,
        `t=+${t},v1=${mac}`,
        `t=0${t},v1=${mac}`,
        `t= ${t},v1=${mac}`,
        `t=${t},v1= ${mac}`,
        `t=${t},t=${t},v1=${mac}`,
        `t=${t},,v1=${mac}`,
        `t=${t},v1=${mac},`,
        `t=${t},v1=${mac},v1=`,
        `t=${t};v1=${mac}`,
        `t=${t},${wrong}`,
        `t=${t},V1=${mac}`,
        `t=${t}${`,${wrong}`.repeat(8)},v1=${mac}`,
        `t=${t}${`,v1=${mac}`.repeat(9)}`,
    ];
}

let clients = 0;

// Sends one request on a kept connection and returns the whole answer. As a trusted proxy we name a new
// client for each, because the rate limit for failures is not under test here.
async function exchange(connection, vendor, lines, body) {
    connection.received = '';
    clients += 1;
    connection.send(
        `POST /webhooks/${vendor} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
            `X-Forwarded-For: 10.0.${clients >> 8}.${clients & 255}\r\n` +
            lines.map((line) => `${line}\r\n`).join('') +
            `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`,
    );
    connection.socket.write(body);
    const whole = () => {
        const head = connection.received.indexOf('\r\n\r\n') + 4;
        const length = /^content-length: (\d+)\r$/im.exec(connection.received)?.[1];
        return head > 3 && connection.received.length >= head + Number(length);
    };
    while (!whole()) await once(connection.socket, 'data', { signal: AbortSignal.timeout(patience) });
    return connection.received.replace(/^date: .*\r\n/im, '');
}

for (const vendor of Object.keys(vendors)) {
    test(`hundreds of forged ${vendor} signatures get the same answer`, async (t) => {
        const server = { listen: ['127.0.0.1:0'], threads: 2, trusted_proxies: ['127.0.0.1/32'] };
        const daemon = await Daemon.start(t, { server });
        const connection = await RawConnection.open(daemon.url);
        const { body } = allSamples().find((sample) => sample.vendor === vendor);
        const right = headerOf(vendor, body);
        const name = vendors[vendor].header;
        const others = [
            headerOf(vendor, body, 'nobody-gave-me-this-one'),
            headerOf(vendor, body, ''),
            headerOf(vendor, JSON.stringify({ ...JSON.parse(body), more: 1 })),
            ...Object.keys(vendors)
                .filter((other) => other !== vendor)
                .map((other) => headerOf(other, body)),
        ];
        const forged = forgedValues(right, others).map((value) => [`${name}: ${value}`]);
        const repeated = [
            [`${name}: ${right}`, `${name}: ${right}`],
            [`${name}: ${right}`, `${name.toUpperCase()}: ${right}`],
            [`${name}: ${right}`, `${name}: 0`],
            [`${name}: 0`, `${name}: ${right}`],
            [`${name}: `, `${name}: ${right}`],
            [`x-${name}: ${right}`],
            [],
        ];
        const attempts = [...forged, ...repeated];
        assert.ok(attempts.length > 200, `${attempts.length} attempts`);

        const first = await exchange(connection, vendor, [`${name}: ${right.replace(/.$/, 'g')}`], body);
        assert.match(first, new RegExp(`^HTTP/1\\.1 ${vendors[vendor].refusedStatus} `));
        for (const lines of attempts) {
            assert.equal(await exchange(connection, vendor, lines, body), first, lines.join(' | '));
        }
        connection.close();

        // The request sent after all forgeries is the only event.
        assert.equal((await daemon.send(vendor, body)).status, 200);
        await daemon.eventually(1);
        await daemon.stop();
        assert.equal(daemon.events.length, 1);
    });
}

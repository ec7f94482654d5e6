// What a fuzzer begins with: seeds.mjs NAME DIRECTORY writes a file for every seed of the fuzz target NAME.
// They are the cases of the other tests, so that a case written there is one here too.
import { createHmac } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { readCorpus } from '../flow/support/corpus.mjs';
import { repository } from '../flow/support/daemon.mjs';

const bytes = (text) => Buffer.from(text, 'latin1');
const within = (...parts) => path.join(repository, ...parts);

const requests = () => readCorpus('seed').map((one) => one.bytes);

function chunkedBodies() {
    const coded = requests().filter((request) => /\r\ntransfer-encoding:/i.test(request));
    return coded.map((request) => request.slice(request.indexOf('\r\n\r\n') + 4));
}

function proxyHeaders() {
    const v2 = (command, family, rest) => {
        const size = String.fromCharCode(rest.length >> 8, rest.length & 255);
        return '\r\n\r\n\0\r\nQUIT\n' + String.fromCharCode(command, family) + size + rest;
    };
    return [
        'PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\nPOST / HTTP/1.1\r\n',
        'PROXY TCP6 2001:db8::1 2001:db8::2 0 65535\r\n',
        'PROXY TCP6 ::ffff:192.0.2.1 ::1 1 1\r\n',
        `PROXY TCP6 ${'ffff:'.repeat(7)}ffff ${'ffff:'.repeat(7)}ffff 65535 65535\r\n`,
        'PROXY UNKNOWN\r\n',
        `PROXY UNKNOWN ${'x'.repeat(91)}\r\n`,
        'PROXY TCP4 192.0.2.1 192.0.2.2 056324 443\r\n',
        'PROXY TCP4 192.0.2.1 192.0.2.2 65536 443\r\n',
        'PROXY TCP4 192.0.2.1  192.0.2.2 1 443\r\n',
        v2(0x21, 0x11, '\xc0\0\x02\x01\xc0\0\x02\x02\x9c\x40\x01\xbb'),
        v2(0x21, 0x11, '\xc0\0\x02\x01\xc0\0\x02\x02\x9c\x40\x01\xbb\x04\0\x01x') + 'POST / HTTP/1.1\r\n',
        v2(0x21, 0x21, '\x20\x01\x0d\xb8' + '\0'.repeat(32)),
        v2(0x21, 0x21, '\0'.repeat(10) + '\xff\xff\x7f\0\0\x01' + '\0'.repeat(20)),
        v2(0x21, 0x31, '/run/x' + '\0'.repeat(210)),
        v2(0x20, 0x00, ''),
        v2(0x21, 0x12, '\0'.repeat(12)),
        v2(0x21, 0x11, '\0'.repeat(521)),
    ];
}

// Lines as forwarded_fuzz.cpp reads them.
function forwardedFields() {
    const hops = ['192.0.2.1', '127.0.0.2', '2001:db8::1', '[2001:db9::1]:80', '127.0.0.1:4711', 'unknown'];
    return [
        ...hops,
        hops.join(', '),
        hops.reverse().join(','),
        hops.join('\n'),
        '127.0.0.1, '.repeat(40) + '127.0.0.3',
        '::ffff:192.0.2.1, ::ffff:127.0.0.1',
        'fe80::1%eth0, [127.0.0.1], 127.1, 0x7f.1, 192.0.2.1:_port, ,,',
        'Ffor=192.0.2.1;by=10.0.0.1;proto=https, for=127.0.0.1',
        'FFOR="[2001:db8:cafe::17]:4711"; host="a, for=192.0.2.7;x="',
        'Ffor=_hidden, for="unknown", for="\\"192.0.2.1\\""',
    ];
}

function jsonTexts() {
    const vectors = JSON.parse(fs.readFileSync(within('tests/ecma/json_stringify_vectors.json'), 'utf8'));
    // One line of each sample: a YAML text in single quotation marks.
    const samples = fs.readdirSync(within('src/vendors/files')).flatMap((file) =>
        [...fs.readFileSync(within('src/vendors/files', file), 'utf8').matchAll(/^ +body: '(.*)'$/gm)].map(
            ([, body]) => Buffer.from(body.replaceAll("''", "'")),
        ),
    );
    return [...vectors.map(({ input_hex }) => Buffer.from(input_hex, 'hex')), ...samples];
}

// Texts as groups_fuzz.cpp cuts them, seven for a record.
function groupsOfRecords() {
    const text = (content) => String.fromCharCode(content.length) + content;
    const record = (json, raw = '') =>
        ['lynn-support', 'lynn', 'handover.requested', 'handover', 'id', json, raw].map(text).join('');
    return [record('{}'), record('{}', 'raw') + record('x'.repeat(255)), record('').repeat(20), '\0'.repeat(7 * 128)];
}

// Headers as signature_fuzz.cpp reads them: byte 1 is the right MAC.
function signatureHeaders() {
    const headers = [
        ['\0', '\x01'],
        ['\x01', 'sha256=\x01'],
        ['\x02', 't=1800000000,v1=\x01'],
        ['\x02', ' v1=\x01 , v1=00,t=1800000000, v0=\x01'],
        ['\x02', 't=1800000000,t=1800000001,v1=\x01'],
        ['\x03', 'v1,\x01 v1a,\x01'],
        ['\x03', 'v2,\x01  v1,\x01'],
    ];
    return headers.map(([rules, header]) => `${rules}${header}\0{"a":1}`);
}

// A vendor file, and one of its bodies. Whole ones, and one without what fuzzing does not change usefully.
function vendorFiles() {
    return fs.readdirSync(within('src/vendors/files')).flatMap((file) => {
        const text = fs.readFileSync(within('src/vendors/files', file), 'utf8');
        const rules = text.slice(0, text.search(/^(samples|vectors):/m));
        const body = /^ +body: '(.*)'$/m.exec(text)?.[1].replaceAll("''", "'") ?? '{}';
        return [Buffer.from(`${rules}\0${body}`)];
    });
}

// Rows as docs/journal-format.md says, with a wrong checksum: mutations find the way to the parts.
function rowsOfRequests() {
    const number = (value, size) => {
        const buffer = Buffer.alloc(size);
        buffer.writeUIntLE(value, 0, Math.min(size, 6));
        return buffer;
    };
    const id = '0193a5f0-7c00-7000-8000-000000000001';
    const part = (sequence, at, flags) => [number(sequence, 8), number(at, 4), number(flags, 4)];
    return [[[7, 1, 0], [8, 2, 0]], [[7, 0, 0], [7, 1, 3], [8, 2, 8]], [[7, 1, 4]]].map((parts) => Buffer.concat([
        Buffer.from([1, 0]), number(parts.length, 4), number(id.length, 4), number(3, 4),
        ...parts.flatMap(([sequence, at, flags]) => part(sequence, at, flags)), Buffer.from(`${id}[,]`), number(0, 4)]));
}

// Refused requests, as learn_fuzz.cpp reads them, signed in several ways.
function refusedRequests() {
    const secret = '0123456789abcdef0123456789abcdef';
    const mac = (text, encoding = 'hex') => createHmac('sha256', secret).update(text).digest(encoding);
    return jsonTexts().filter((body) => body.length < 600).flatMap((body, index) => {
        const time = '1800000000';
        const heads = [
            `X-Signature:sha256=${mac(body)}\n`,
            `X-Signature:t=${time},v1=${mac(`${time}.${body}`)}\n`,
            `X-Time:${time}\nX-Id:a\nX-Signature:v1,${mac(`a.${time}.${body}`, 'base64')}\n`,
            `Authorization:Bearer ${secret}\n`,
        ];
        return [Buffer.concat([Buffer.from(`${heads[index % heads.length]}\0`), body])];
    });
}

const seeds = {
    gate: () => requests().map(bytes),
    chunked: () => chunkedBodies().map(bytes),
    proxy: () => proxyHeaders().map(bytes),
    forwarded: () => forwardedFields().map(bytes),
    json: jsonTexts,
    stringify: jsonTexts,
    groups: () => groupsOfRecords().map(bytes),
    requests: rowsOfRequests,
    signature: () => signatureHeaders().map(bytes),
    vendor_file: vendorFiles,
    learn: refusedRequests,
};

const [name, directory] = process.argv.slice(2);
fs.mkdirSync(directory, { recursive: true });
seeds[name]().forEach((seed, index) => fs.writeFileSync(path.join(directory, `seed-${index}`), seed));

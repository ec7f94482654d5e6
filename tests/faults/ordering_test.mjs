// The promise as the kernel sees it: no 200 is written to a socket before the fdatasync that covers its event
// has returned. Every system call of the daemon is recorded, in order, with its bytes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import test from 'node:test';

import { Daemon, temporaryDirectory } from '../flow/support/daemon.mjs';
import { Load } from '../flow/support/load.mjs';
import { times } from './support/seed.mjs';
import { Tracer } from './support/tracer.mjs';

const total = times('CHATHOOK_REQUESTS', 2_000);
const name = 'ordering';
const conversations = new RegExp(`${name}-\\d+(?!\\d)`, 'g');

// Follows strace's output: the last conversation requested on each connection, the write in which each first
// appears in the log, and the write up to which the log is synced. Returns how many answers were checked, and
// those that came too early.
async function follow(file) {
    const asked = new Map(); // socket -> conversation
    const written = new Map(); // conversation -> number of the write
    const syncing = new Map(); // thread -> writes before its fdatasync began
    const halves = new Map(); // first half of a line that another thread's call split
    let writes = 0;
    let synced = 0;
    const seen = { answers: 0, early: [], syncs: 0 };

    const received = (text) => {
        const socket = /^\w+\(\d+<(\w+:\[.*?\])>/.exec(text)?.[1];
        const found = text.match(conversations);
        if (socket && found) asked.set(socket, found[0]);
    };
    const sent = (text) => {
        const socket = /^\w+\(\d+<(\w+:\[.*?\])>/.exec(text)?.[1];
        if (!socket || !text.includes('HTTP/1.1 200') || !asked.has(socket)) return;
        seen.answers += 1;
        const conversation = asked.get(socket);
        if (!(written.get(conversation) <= synced)) seen.early.push(conversation);
        asked.delete(socket);
    };
    const wal = (text) => /^\w+\(\d+<[^>]*journal\.sqlite-wal>/.test(text);

    for await (const line of readline.createInterface({ input: fs.createReadStream(file) })) {
        const [, thread, rest] = /^(\d+) +(.*)$/.exec(line) ?? [];
        if (!rest) continue;
        const resumed = /^<\.\.\. (\w+) resumed>(.*)/.exec(rest);
        const begins = !resumed;
        const ends = !rest.includes('<unfinished ...>');
        const text = resumed ? (halves.get(thread) ?? '') + resumed[2] : rest;
        if (!ends) halves.set(thread, text);
        const call = /^\w+/.exec(text)?.[0];
        // A send counts from the call's beginning, a sync from its successful end.
        if (begins && /^(sendmsg|sendto|writev|write)$/.test(call)) sent(text);
        if (begins && call === 'pwrite64' && wal(text)) {
            writes += 1;
            for (const found of text.match(conversations) ?? []) {
                if (!written.has(found)) written.set(found, writes);
            }
        }
        if (begins && call === 'fdatasync' && wal(text)) syncing.set(thread, writes);
        if (ends && call === 'fdatasync' && wal(text) && / = 0( |$)/.test(text)) {
            synced = syncing.get(thread);
            seen.syncs += 1;
        }
        if (ends && /^(recvmsg|recvfrom|readv|read)$/.test(call)) received(text);
    }
    return seen;
}

test(`none of ${total} answers is written before the sync that covers it`, async (t) => {
    const daemon = await Daemon.start(t);
    const output = path.join(temporaryDirectory(t), 'trace');
    const tracer = await Tracer.attach(daemon.child.pid, [
        '-f', '-yy', '-s', '131072', '-o', output, // a whole commit, or the largest part written at once
        '-e', 'trace=recvmsg,recvfrom,read,readv,sendmsg,sendto,write,writev,pwrite64,fdatasync',
    ]);
    const load = new Load(name, { connections: 16 });
    await load.send(daemon, 0, total);
    await tracer.detach();
    assert.equal(load.answered.size, total);
    const seen = await follow(output);
    assert.equal(seen.answers, total, 'every answer was seen');
    assert.ok(seen.syncs > 0);
    assert.deepEqual(seen.early, []);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
});

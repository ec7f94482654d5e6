// What a core dump would contain, read as root from the memory of a running daemon, and that none is written.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Canaries, found } from './support/canaries.mjs';
import { Daemon, binary, configuration, temporaryDirectory } from './support/daemon.mjs';
import { Receiver } from './support/receiver.mjs';
import { undo } from './support/undo.mjs';
import { vendors } from './support/vendors.mjs';

const root = process.getuid() === 0 ? undefined : 'needs root';
const names = Object.keys(vendors);

// [{text, dumped}]: the readable mappings of a process, and whether the kernel would write them into a core
// file (VmFlags dd: MADV_DONTDUMP, io and pf: devices; proc(5), core(5)).
function mappings(pid) {
    const all = [];
    for (const line of fs.readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
        const head = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) .*?(\[\w+\])?$/.exec(line);
        if (head) {
            const [, from, to, access, name] = head;
            const readable = access[0] === 'r' && name !== '[vvar]' && name !== '[vsyscall]';
            all.push({ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16), readable });
        }
        const flags = /^VmFlags: (.*)/.exec(line)?.[1].trim().split(' ');
        if (flags) all.at(-1).dumped = !flags.some((flag) => ['dd', 'io', 'pf'].includes(flag));
    }
    return all.filter((mapping) => mapping.readable);
}

// The bytes of all mappings that are dumped, or of all that are not.
function image(pid, dumped) {
    const memory = fs.openSync(`/proc/${pid}/mem`, 'r');
    const pieces = [];
    for (const mapping of mappings(pid).filter((one) => one.dumped === dumped)) {
        const bytes = Buffer.alloc(mapping.to - mapping.from);
        try {
            const got = fs.readSync(memory, bytes, 0, bytes.length, mapping.from);
            pieces.push(bytes.subarray(0, got), Buffer.from('\0'));
        } catch (error) {
            if (error.code !== 'EIO') throw error; // beyond the end of a file
        }
    }
    fs.closeSync(memory);
    return Buffer.concat(pieces);
}

test('a core image contains no key and no valid signature of a forged body', { skip: root }, async (t) => {
    const directory = temporaryDirectory(t);
    const canaries = new Canaries(directory);
    const receiver = await Receiver.start(t);
    const sections = { ...canaries.sections(receiver), admin: { listen: '127.0.0.1:0' } };
    const daemon = new Daemon(directory, configuration(directory, sections));
    undo(t, () => daemon.end());
    await daemon.run();
    for (const vendor of names) {
        const genuine = canaries.body(vendor);
        await daemon.send(vendor, genuine, { headers: canaries.signed(vendor, genuine) });
        for (let i = 0; i < 20; ++i) {
            const other = canaries.body(vendor, { i });
            await daemon.send(vendor, other, { headers: canaries.forged(vendor, other) });
        }
    }
    await daemon.eventually(names.length);
    const pid = daemon.child.pid;
    const core = image(pid, true);
    assert.deepEqual(found([...Object.values(canaries.secrets), ...canaries.rightMacs], core), []);
    const macs = [...canaries.macs].map((mac) => Buffer.from(mac, 'hex'));
    assert.equal(macs.length, names.length * 20);
    assert.deepEqual(found(macs, core), []);
    assert.deepEqual(found([canaries.sinkKey], core), []);

    // Check that the search works: the key that is still needed is in memory excluded from dumps, and the
    // header that libcurl sends is in libcurl's memory.
    assert.ok(image(pid, false).includes(canaries.sinkKey));
    assert.ok(core.includes(canaries.sinkToken));
});

test("a daemon's memory belongs to root, whichever user runs the daemon", { skip: root }, async (t) => {
    const directory = temporaryDirectory(t);
    fs.chmodSync(directory, 0o777);
    const daemon = new Daemon(directory, configuration(directory, {}));
    fs.chmodSync(daemon.configFile, 0o644);
    const child = spawn(binary, ['serve', '--config', daemon.configFile], {
        uid: 65534,
        gid: 65534,
        stdio: ['ignore', 'pipe', 'inherit'],
        cwd: directory,
    });
    undo(t, () => new Promise((resolve) => child.once('close', resolve) && child.kill()));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    assert.match(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'), /^Uid:\t65534\t/m);
    for (const file of ['mem', 'environ', 'maps']) {
        assert.equal(fs.statSync(`/proc/${child.pid}/${file}`).uid, 0);
    }

    // For another process of the same user these files belong to that user.
    const control = spawn('sleep', ['60'], { uid: 65534, gid: 65534 });
    undo(t, () => control.kill());
    await new Promise((resolve) => control.once('spawn', resolve));
    assert.equal(fs.statSync(`/proc/${control.pid}/mem`).uid, 65534);
});

// Ends `command` by SIGSEGV without a limit on core files, and returns the core files left in `directory`.
async function crashed(directory, command, ready) {
    const unlimited = ['-c', 'ulimit -c unlimited && exec "$@"', 'sh', ...command];
    const child = spawn('sh', unlimited, { cwd: directory });
    const seen = new Promise((resolve) => child.stdout.once('data', resolve));
    const end = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal)));
    if (ready) await seen;
    else await new Promise((resolve) => child.once('spawn', resolve));
    child.kill('SIGSEGV');
    assert.equal(await end, 'SIGSEGV');
    return fs.readdirSync(directory).filter((name) => /core/.test(name));
}

test('a daemon that crashes leaves no core file', { skip: root }, async (t) => {
    const pattern = fs.readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
    if (/[|/]/.test(pattern) || !pattern) return t.skip(`core files go elsewhere here: ${pattern}`);
    const directory = temporaryDirectory(t);
    const control = path.join(directory, 'control');
    fs.mkdirSync(control);
    if ((await crashed(control, ['sh', '-c', 'echo; exec sleep 60'], true)).length === 0) {
        return t.skip('nothing leaves a core file here');
    }
    const daemon = new Daemon(directory, configuration(directory, {}));
    assert.deepEqual(await crashed(directory, [binary, 'serve', '--config', daemon.configFile], true), []);
});

// A stream that outlives the daemon: a pipe held by a supervisor, as runit, s6 and container runtimes do. A
// line torn by one process must not spoil the first event of the next.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Daemon, configuration, temporaryDirectory } from './support/daemon.mjs';
import { undo } from './support/undo.mjs';
import { lynnBody } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const toHeldStream = ['/bin/sh', '-c', 'exec "$@" >&3', 'sh']; // the log goes elsewhere
const bothToHeldStream = ['/bin/sh', '-c', 'exec "$@" >&3 2>&3', 'sh'];
const moreThanFits = 200_000; // into a pipe; an event has twice as many bytes

// A pipe that the test holds open at both ends and reads on demand.
class HeldStream {
    text = '';

    constructor(t, directory, name = 'stream') {
        const file = path.join(directory, name);
        this.file = file;
        assert.equal(spawnSync('mkfifo', [file]).status, 0);
        this.reader = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
        this.writer = fs.openSync(file, fs.constants.O_WRONLY);
        undo(t, () => [this.reader, this.writer].forEach((end) => fs.closeSync(end)));
    }

    // Reads what is in the pipe now, `atMost` this many bytes.
    read(atMost = Infinity) {
        const buffer = Buffer.alloc(Math.min(atMost, 1 << 16));
        for (let left = atMost; left > 0; ) {
            let got = 0;
            try {
                got = fs.readSync(this.reader, buffer, 0, Math.min(buffer.length, left), null);
            } catch (error) {
                if (error.code !== 'EAGAIN') throw error;
            }
            if (got === 0) break;
            this.text += buffer.toString('latin1', 0, got);
            left -= got;
        }
        return this.text;
    }

    // Whether no further byte fits into the pipe (pipe(7), FIONREAD; Node has no ioctl).
    get isFull() {
        const ask = 'open(my $pipe, "<", $ARGV[0]) or die; ioctl($pipe, 0x541b, my $held = pack("i", 0)) or die; print unpack("i", $held)';
        const { status, stdout, stderr } = spawnSync('perl', ['-e', ask, this.file], { encoding: 'utf8', timeout: 5000 });
        assert.equal(status, 0, stderr);
        return Number(stdout) + this.text.length >= 1 << 16;
    }

    get lines() {
        return this.read().split('\n').slice(0, -1);
    }
}

const conversationOf = (line) => {
    const value = JSON.parse(line);
    return value.specversion ? value.data.original.conversationId : undefined;
};
const printed = (stream, name) => stream.text.includes(`"conversationId":"${name}"`) && stream.text.endsWith('\n');

function made(t) {
    const directory = temporaryDirectory(t);
    const daemon = new Daemon(directory, configuration(directory, {
        sinks: { console: { type: 'stdout', retry: { initial: '10ms', max: '20ms' } } }, routes: [{ to: ['console'] }],
    }));
    undo(t, () => daemon.end());
    return { daemon, stream: new HeldStream(t, directory) };
}

const run = (daemon, stream, under = toHeldStream) => daemon.run({ under, descriptors: [stream.writer] });

async function say(daemon, name, characters = 10) {
    const messages = [{ senderRole: 'human', text: 'x'.repeat(characters) }];
    assert.equal((await daemon.send('lynn', lynnBody(name, { messages }))).status, 200);
}

// Ends the daemon within the line of the event `large`, while the reader is stalled.
async function endWithinLine(daemon, stream, signal) {
    await say(daemon, 'large', moreThanFits);
    await until('the line to begin', () => stream.read(1));
    const { code } = await daemon.stop(signal);
    assert.equal(code, signal === 'SIGTERM' ? 0 : null);
    stream.read();
    assert.ok(stream.text.startsWith('{"specversion"') && !stream.text.includes('\n'), 'the line is torn');
    return stream.text;
}

for (const signal of ['SIGTERM', 'SIGKILL']) {
    test(`after a ${signal} within a line the next process begins with a new line`, async (t) => {
        const { daemon, stream } = made(t);
        await run(daemon, stream);
        const torn = await endWithinLine(daemon, stream, signal);
        await run(daemon, stream);
        await say(daemon, 'small');
        await until('the next event', () => stream.read() && printed(stream, 'small'));
        const [first, ...rest] = stream.lines;
        assert.equal(first, torn, 'the torn line ends where it broke off');
        assert.deepEqual(rest.map(conversationOf), ['large', 'small'], 'every other line is an event');
    });

    test(`after a ${signal} between two lines the next process writes no empty line`, async (t) => {
        const { daemon, stream } = made(t);
        await run(daemon, stream);
        await say(daemon, 'large', moreThanFits);
        await until('the event', () => stream.read() && printed(stream, 'large'));
        await until('it to be delivered', async () => (await daemon.metric('chathook_deliveries_total', { outcome: 'delivered' })) === 1);
        await daemon.stop(signal);
        await run(daemon, stream);
        await say(daemon, 'small');
        await until('the next event', () => stream.read() && printed(stream, 'small'));
        assert.deepEqual([...new Set(stream.lines.map(conversationOf))], ['large', 'small']);
    });
}

test('if the log goes to the same stream, its first line does not continue the torn one either', async (t) => {
    const { daemon, stream } = made(t);
    await run(daemon, stream);
    const torn = await endWithinLine(daemon, stream, 'SIGKILL');
    // Daemon reads the addresses from the log, which is in this stream now.
    let fed = 1;
    let listening = false;
    const feed = () => {
        const lines = stream.lines.slice(fed);
        fed += lines.length;
        daemon.logs.push(...lines.map((line) => JSON.parse(line)).filter(({ event }) => event));
        return listening;
    };
    const starting = run(daemon, stream, bothToHeldStream).then(() => (listening = true));
    await Promise.all([starting, until('the log to say that it listens', feed)]);
    await until('the event', () => stream.read() && printed(stream, 'large'));
    const [first, second, ...rest] = stream.lines;
    assert.equal(first, torn);
    assert.equal(JSON.parse(second).event, 'starting');
    assert.deepEqual(rest.map(conversationOf).filter(Boolean), ['large']);
});

test('a process with a new stream begins at its first byte, whatever the state of the old one', async (t) => {
    const { daemon, stream } = made(t);
    await run(daemon, stream);
    await endWithinLine(daemon, stream, 'SIGKILL');
    const other = new HeldStream(t, daemon.directory, 'other');
    await run(daemon, other);
    await until('the event', () => other.read() && printed(other, 'large'));
    assert.deepEqual(other.lines.map(conversationOf), ['large']);
});

test('a process that ends before the torn line could be ended leaves that to the next process', async (t) => {
    const { daemon, stream } = made(t);
    await run(daemon, stream);
    await say(daemon, 'large', moreThanFits);
    await until('the line to begin', () => stream.read(1));
    await until('the pipe to be full', () => stream.isFull);
    await daemon.stop('SIGKILL');
    await run(daemon, stream); // the pipe is full, so it cannot even end the line
    await daemon.stop('SIGKILL');
    await run(daemon, stream);
    await until('the event', () => stream.read() && printed(stream, 'large'));
    const [torn, ...rest] = stream.lines;
    assert.throws(() => JSON.parse(torn));
    assert.deepEqual(rest.map(conversationOf), ['large']);
});

test('after a torn line at the end of an appended file, the first event is on a line of its own', async (t) => {
    const { daemon } = made(t);
    const file = path.join(daemon.directory, 'appended.jsonl');
    fs.writeFileSync(file, '{"specversion":"1.0","id":"torn');
    const under = ['/bin/sh', '-c', `exec "$@" >>${file}`, 'sh'];
    const lines = () => fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
    await daemon.run({ under });
    await say(daemon, 'one');
    await until('the first event', () => lines().length === 2);
    await daemon.stop();
    await daemon.run({ under });
    await say(daemon, 'two');
    await until('the second event', () => lines().length === 3);
    assert.deepEqual(lines().slice(1).map(conversationOf), ['one', 'two']);
});

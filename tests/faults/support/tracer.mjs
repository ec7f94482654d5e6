// Runs strace on a daemon: to see its system calls, to make a call fail, or to hold a thread behind one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';

import { until } from '../../flow/support/wait.mjs';

// A traced thread cannot be checked for leaks.
process.env.ASAN_OPTIONS = [process.env.ASAN_OPTIONS, 'detect_leaks=0'].filter(Boolean).join(':');

// The kernel's id of the first thread of that name, once there are `among` of them. Threads name themselves,
// so it may take a moment.
export async function threadOf(pid, name, among = 1) {
    const tasks = `/proc/${pid}/task`;
    const isNamed = (task) => fs.readFileSync(`${tasks}/${task}/comm`, 'utf8').trim() === name;
    const found = await until(`${among} threads of the name ${name}`, () => {
        const named = fs.readdirSync(tasks).filter(isNamed);
        return named.length >= among && named;
    });
    return found.sort((a, b) => a - b)[0];
}

export class Tracer {
    // Attaches to threads or, with -f among `options`, to all of a process.
    static async attach(pids, options) {
        const tracer = new Tracer();
        const attached = [pids].flat().flatMap((pid) => ['-p', String(pid)]);
        tracer.child = spawn('strace', [...attached, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
        tracer.said = '';
        tracer.child.stderr.on('data', (text) => (tracer.said += text));
        tracer.ended = new Promise((resolve) => tracer.child.once('close', resolve));
        tracer.ended.then(() => (tracer.over = true));
        await until('strace to attach', () => {
            // The injected failure may have ended the process, and strace with it, by now.
            if ((tracer.said.match(/ attached/g) ?? []).length >= attached.length / 2) return true;
            return assert.ok(!tracer.over, `strace ended: ${tracer.said}`);
        });
        return tracer;
    }

    // Stops each of the threads when its call number `when` of that name (`call`: names, separated by commas)
    // has returned, and lets none of them continue. `on`: calls on this path only. `trace`: further calls to
    // record.
    static async hold(threads, call, output, { when = 1, on, trace } = {}) {
        const forGood = 600_000_000; // microseconds
        const tracer = await Tracer.attach(threads, [
            ...(on ? ['-P', on] : []),
            '-y', '-s', trace ? '131072' : '100', '-o', output,
            '-e', `trace=${trace ? `${trace},` : ''}${call}`, '-e', `inject=${call}:delay_exit=${forGood}:when=${when}`,
        ]);
        tracer.output = output;
        return tracer;
    }

    // Waits until `count` threads are stopped: the calls after which they are, as strace wrote them.
    held(count = 1) {
        return until(`${count} threads to be held`, () => {
            const lines = fs.readFileSync(this.output, 'utf8').split('\n');
            const standing = lines.filter((line) => line.endsWith('(DELAYED)'));
            return standing.length >= count && standing;
        });
    }

    // For a process that was killed while a thread of it is held: strace would notice only after the delay.
    async letDie() {
        if (!this.over) this.child.kill('SIGKILL');
        await this.ended;
    }

    // Detaches and lets the process continue.
    async detach() {
        if (!this.over) this.child.kill('SIGINT');
        await this.ended;
    }
}

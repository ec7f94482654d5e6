// strace on a running daemon: to see what it asks the kernel for, or to make a call fail.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';

import { until } from '../../flow/support/wait.mjs';

// A thread that is traced cannot be looked through for leaks.
process.env.ASAN_OPTIONS = [process.env.ASAN_OPTIONS, 'detect_leaks=0'].filter(Boolean).join(':');

// The thread of that name; the kernel's name for it.
export function threadOf(pid, name) {
    const tasks = `/proc/${pid}/task`;
    return fs.readdirSync(tasks).find((task) => fs.readFileSync(`${tasks}/${task}/comm`, 'utf8').trim() === name);
}

export class Tracer {
    // Attaches to a thread or, with -f among `options`, to all of a process.
    static async attach(pid, options) {
        const tracer = new Tracer();
        tracer.child = spawn('strace', ['-p', String(pid), ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
        tracer.said = '';
        tracer.child.stderr.on('data', (text) => (tracer.said += text));
        tracer.ended = new Promise((resolve) => tracer.child.once('close', resolve));
        tracer.ended.then(() => (tracer.over = true));
        await until('strace to attach', () => {
            assert.ok(!tracer.over, `strace ended: ${tracer.said}`);
            return / attached/.test(tracer.said);
        });
        return tracer;
    }

    // Lets the process run on by itself.
    async detach() {
        if (!this.over) this.child.kill('SIGINT');
        await this.ended;
    }
}

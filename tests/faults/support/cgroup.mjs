// A separate memory cgroup for a daemon, like MemoryMax= of a unit: undefined where this user may not create
// one.
import fs from 'node:fs';
import path from 'node:path';

import { undo } from '../../flow/support/undo.mjs';

const root = '/sys/fs/cgroup';

// Where groups may be created for this process, in either version of the kernel's interface, with the file
// for the limit.
function places() {
    const lines = fs.readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n').map((line) => line.split(':'));
    const first = lines.find(([, controllers]) => controllers.split(',').includes('memory'));
    const second = lines.find(([number]) => number === '0');
    return [
        ...(second ? [[path.join(root, second[2]), 'memory.max']] : []),
        ...(first ? [[path.join(root, 'memory', first[2]), 'memory.limit_in_bytes']] : []),
    ];
}

// Returns {under}: the command that starts a program in a new group of so many bytes, for Daemon.run().
export function memoryGroup(t, bytes) {
    for (const [parent, limit] of places()) {
        const group = path.join(parent, `chathook-test-${process.pid}-${Date.now()}`);
        try {
            fs.mkdirSync(group);
        } catch {
            continue;
        }
        // Removes the group after the daemon has left it. Some sandboxes keep an empty group; it stays then.
        undo(t, () => {
            try {
                fs.rmdirSync(group);
            } catch (error) {
                t.diagnostic(`the memory cgroup stays: ${error.code}`);
            }
        });
        try {
            fs.writeFileSync(path.join(group, limit), `${bytes}`);
        } catch {
            continue;
        }
        const enter = `echo $$ > ${path.join(group, 'cgroup.procs')} && exec "$@"`;
        return { under: ['sh', '-c', enter, 'sh'] };
    }
    return undefined;
}

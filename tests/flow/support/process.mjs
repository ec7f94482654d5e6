// What the kernel reports about a running process and its connections (Linux).
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

// Memory in use, in bytes.
export function residentBytes(pid) {
    const found = /^VmRSS:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(found[1]) * 1024;
}

// CPU time used so far, user and system, in seconds.
export function cpuSeconds(pid) {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout);
    return (Number(fields[11]) + Number(fields[12])) / ticks;
}

// The connections that a process still holds on this local IPv4 port: {peer address, peer port}.
export function heldConnections(port) {
    const rows = fs.readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1);
    return rows.flatMap((row) => {
        const [, local, remote, state, , , , , , inode] = row.trim().split(/\s+/);
        if (!local || Number.parseInt(local.split(':')[1], 16) !== port) return [];
        if (state === '0A' || inode === '0') return []; // listening, or the process has closed it
        const [address, peerPort] = remote.split(':');
        const bytes = address.match(/../g).map((byte) => Number.parseInt(byte, 16));
        return [{ address: bytes.reverse().join('.'), port: Number.parseInt(peerPort, 16) }];
    });
}

// What was sent to this local IPv4 port over each open connection and not read yet, in bytes: the part that
// waits at the sender, and the part that waits at the receiver.
export function unreadBytes(port) {
    const unread = new Map();
    for (const row of fs.readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
        const [, local, remote, state, queues] = row.trim().split(/\s+/);
        if (state !== '01') continue; // not established
        const [sending, received] = queues.split(':').map((bytes) => Number.parseInt(bytes, 16));
        const add = (sender, bytes) => unread.set(sender, (unread.get(sender) ?? 0) + bytes);
        if (Number.parseInt(local.split(':')[1], 16) === port) add(remote, received);
        if (Number.parseInt(remote.split(':')[1], 16) === port) add(local, sending);
    }
    return [...unread.values()];
}

// The peak memory use since the start, in bytes.
export function peakResidentBytes(pid) {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(found[1]) * 1024;
}

// A small disk for a test: an ext4 file system in a file, mounted through a loop device. Needs root.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { temporaryDirectory } from '../../flow/support/daemon.mjs';
import { undo } from '../../flow/support/undo.mjs';

const run = (program, ...args) => execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });

// Why a test that mounts cannot run here; false when it can. CHATHOOK_MOUNT_TESTS=1 makes it run and fail.
export const cannotMount =
    process.env.CHATHOOK_MOUNT_TESTS !== '1' &&
    (process.getuid() !== 0 || !fs.existsSync('/dev/loop-control')) &&
    'mounting a file system of its own needs root and loop devices';

export class Disk {
    // Mounted and empty; unmounted at the end of the test.
    constructor(t, mebibytes) {
        const directory = temporaryDirectory(t);
        this.image = path.join(directory, 'disk.img');
        this.path = path.join(directory, 'disk');
        fs.mkdirSync(this.path);
        fs.closeSync(fs.openSync(this.image, 'w'));
        fs.truncateSync(this.image, mebibytes << 20);
        run('mkfs.ext4', '-q', '-m', '0', '-E', 'lazy_itable_init=0,lazy_journal_init=0', this.image);
        undo(t, () => this.unmount());
        this.mount();
    }

    mount() {
        run('mount', '-o', 'loop', this.image, this.path);
        this.mounted = true;
    }

    unmount() {
        if (!this.mounted) return;
        run('umount', this.path);
        this.mounted = false;
    }

    get free() {
        const { bavail, bsize } = fs.statfsSync(this.path);
        return bavail * bsize;
    }

    // Takes all free room, like a neighbour. Returns a function that frees it.
    fill() {
        const file = path.join(this.path, `neighbour-${Date.now()}`);
        const fd = fs.openSync(file, 'w');
        for (let piece = Buffer.alloc(1 << 20, 'n'); piece.length > 0; ) {
            try {
                fs.writeSync(fd, piece);
            } catch (error) {
                if (error.code !== 'ENOSPC') throw error;
                piece = piece.subarray(0, piece.length >> 1);
            }
        }
        fs.closeSync(fd);
        return () => fs.unlinkSync(file);
    }
}

// The wall clock of a daemon under test, which can be set while the daemon runs: Debian's libfaketime, which
// does not change CLOCK_MONOTONIC, CLOCK_BOOTTIME or the machine's own clock.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

function library() {
    const root = '/usr/lib';
    const found = fs
        .readdirSync(root)
        .map((name) => path.join(root, name, 'faketime/libfaketimeMT.so.1'))
        .find((file) => fs.existsSync(file));
    assert.ok(found, 'libfaketime is missing: run scripts/install-dependencies --tests');
    return found;
}

export class WallClock {
    constructor(directory) {
        this.file = path.join(directory, 'wall-clock');
        this.set('+0');
    }

    // "+40d", "-10y": the offset from the machine's clock.
    set(ahead) {
        fs.writeFileSync(`${this.file}.new`, `${ahead}\n`);
        fs.renameSync(`${this.file}.new`, this.file);
    }

    // Options for Daemon.run().
    get env() {
        return {
            LD_PRELOAD: library(),
            FAKETIME_TIMESTAMP_FILE: this.file,
            FAKETIME_NO_CACHE: '1',
            FAKETIME_DONT_FAKE_MONOTONIC: '1',
            NO_FAKE_STAT: '1',
        };
    }
}

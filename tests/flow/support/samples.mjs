// The genuine sample bodies in the binary itself.
import assert from 'node:assert/strict';

import { chathookd } from './daemon.mjs';

// [{vendor, name, type, body}] of every event of every vendor.
export function allSamples() {
    const listed = chathookd(['samples']);
    assert.equal(listed.code, 0, listed.err);
    return listed.out
        .trim()
        .split('\n')
        .map((line) => {
            const [vendor, name, type] = line.split(/\s+/);
            return { vendor, name, type, body: sampleBody(vendor, name) };
        });
}

export function sampleBody(vendor, name) {
    const printed = chathookd(['samples', vendor, name]);
    assert.equal(printed.code, 0, printed.err);
    return printed.out.replace(/\n$/, '');
}

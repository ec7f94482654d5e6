// The genuine sample bodies in the binary itself.
import assert from 'node:assert/strict';

import { chathookd } from './daemon.mjs';
import { vendors } from './vendors.mjs';

// [{vendor, name, type, body}] of every event of the vendors that vendors.mjs signs for.
export function allSamples() {
    const listed = chathookd(['samples', '--json']);
    assert.equal(listed.code, 0, listed.err);
    return JSON.parse(listed.out).filter(({ vendor }) => vendor in vendors);
}

export function sampleBody(vendor, name) {
    const printed = chathookd(['samples', vendor, name]);
    assert.equal(printed.code, 0, printed.err);
    return printed.out.replace(/\n$/, '');
}

import assert from 'node:assert/strict';
import test from 'node:test';

import { comparison } from './compare.mjs';

const one = 'chathookd, file sink';
const run = (key, values) => ({
    commit: 'c0ffee1',
    rounds: values.length,
    cases: { [one]: { rounds: values.map((value) => ({ [key]: value })) } },
});
const compared = (key, before, after, how) => comparison(run(key, before), run(key, after), how);
const inTurns = { inTurns: true };

test('a machine that is slow in some rounds hides nothing from two that took turns in them', () => {
    const before = [40, 80, 41, 60, 43];
    const slower = before.map((value, at) => value * (1.1 + (at % 2) / 100));
    assert.equal(compared('cpu_us', before, slower, inTurns).worse, true);
    assert.equal(compared('cpu_us', before, slower).worse, false, 'not in turns, and they overlap');
    const { text, worse } = compared('cpu_us', slower, before, inTurns);
    assert.equal(worse, false);
    assert.match(text, /\| -9\.\d % ± \d\.\d % \| better \|$/);
});

test('noise that took turns is nobody\'s fault', () => {
    const { text, worse } = compared('rate', [20000, 15000, 19000], [14000, 14500, 12000], inTurns);
    assert.equal(worse, false);
    assert.match(text, /as before/);
});

test('fewer requests a second are worse, fewer microseconds better', () => {
    assert.equal(compared('rate', [200, 201, 202], [180, 181, 182], inTurns).worse, true);
    assert.equal(compared('ratio', [0.2, 0.201, 0.202], [0.18, 0.181, 0.182]).worse, true);
    assert.match(compared('cpu_us', [40, 41, 42], [30, 31, 32]).text, /better/);
});

test('of instructions counted in turns two per cent more are worse, half a per cent is noise', () => {
    const before = [120000, 123000, 120500];
    const more = (share) => before.map((value, at) => value * (1 + share + at / 1000));
    assert.equal(compared('instructions', before, more(0.02), inTurns).worse, true);
    assert.equal(compared('instructions', before, more(0.005), inTurns).worse, false);
    assert.equal(compared('instructions', before, more(0.03)).worse, false, 'the machine was another one');
    assert.equal(compared('instructions', before, more(0.1)).worse, true);
});

test('fewer than three rounds are not compared', () => {
    assert.throws(() => compared('rate', [1, 2], [1, 2]), /too few rounds/);
});

test('a case or a figure that only one run has is left out', () => {
    const { text } = comparison(run('cpu_us', [1, 2, 3]), run('instructions', [1, 2, 3]));
    assert.equal(text.includes(one), false);
});

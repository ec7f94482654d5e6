// The judge itself, on evidence with one fault: it finds what every other suite relies on it to find.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { temporaryDirectory } from '../flow/support/daemon.mjs';
import { digestOf } from './support/ledger.mjs';
import { judged } from './support/trial.mjs';

const body = (conversation) => ({ conversationId: conversation, messages: [{ text: `said in ${conversation}` }] });
const event = (conversation, changes = {}) => ({ id: `id-of-${conversation}`, data: { original: body(conversation) }, ...changes });
const sent = (conversation) => ({ sent: conversation, digest: digestOf(JSON.stringify(body(conversation))) });
const answered = (conversation, status = 200) => ({ answered: conversation, status });

const lines = (values) => values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('');

// Three webhooks one after the other, the third refused, and the verdict on what was `delivered`.
function verdictOn(t, delivered, { name = 'sink', tail = '' } = {}) {
    const directory = temporaryDirectory(t);
    const [ledger, sink] = ['ledger', 'sink'].map((file) => path.join(directory, file));
    fs.writeFileSync(ledger, lines([
        sent('a'), answered('a'), sent('b'), answered('b'), sent('c'), answered('c', 503),
    ]));
    fs.writeFileSync(sink, lines(delivered) + tail);
    const { guilty, verdict } = judged(ledger, { [name]: sink });
    assert.equal(verdict.sent, 3);
    assert.equal(verdict.answered, 2);
    const { events, doubled, lines: seen, ...crimes } = verdict.sink;
    const found = Object.entries(crimes).filter(([, { count }]) => count > 0);
    assert.equal(guilty, found.length > 0);
    return { events, doubled, seen, ...Object.fromEntries(found.map(([crime, { first }]) => [crime, first])) };
}

test('an answered event delivered once is fine, and an unanswered one may be delivered or not', (t) => {
    assert.deepEqual(verdictOn(t, [event('a'), event('b')]), { events: 2, doubled: 0, seen: 2 });
    assert.deepEqual(verdictOn(t, [event('a'), event('b'), event('c')]), { events: 3, doubled: 0, seen: 3 });
});

test('an answered event that was not delivered is lost', (t) => {
    assert.deepEqual(verdictOn(t, [event('a')]).lost, ['b']);
    assert.deepEqual(verdictOn(t, []).lost, ['a', 'b']);
});

test('an incomplete last line does not count as delivered', (t) => {
    const half = JSON.stringify(event('b'));
    assert.deepEqual(verdictOn(t, [event('a')], { tail: half.slice(0, 20) }).lost, ['b']);
    assert.deepEqual(verdictOn(t, [event('a')], { tail: half }).lost, ['b']);
});

test('a second copy is counted, and a second event for the same webhook is a fault', (t) => {
    assert.deepEqual(verdictOn(t, [event('a'), event('b'), event('a')]), { events: 2, doubled: 1, seen: 3 });
    assert.deepEqual(verdictOn(t, [event('a'), event('b'), event('a', { id: 'another' })]).split, ['a']);
});

test('an event with other bytes than were sent is altered', (t) => {
    const other = event('a', { data: { original: { ...body('a'), messages: [] } } });
    assert.deepEqual(verdictOn(t, [other, event('b')]).altered, ['a']);
    assert.deepEqual(verdictOn(t, [event('a'), event('b'), '{"id":']).altered, ['{"id":']);
});

test('an event that was never sent is foreign', (t) => {
    assert.deepEqual(verdictOn(t, [event('a'), event('b'), event('d')]).foreign, ['d']);
});

test('a webhook answered before the next was sent must come before it at an ordered sink', (t) => {
    assert.deepEqual(verdictOn(t, [event('b'), event('a')]).disordered, ['a']);
    assert.equal(verdictOn(t, [event('a'), event('b'), event('a')]).disordered, undefined);
    assert.equal(verdictOn(t, [event('b'), event('a')], { name: '~sink' }).disordered, undefined);
});

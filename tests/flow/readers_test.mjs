// Common JSON readers accept every line, whatever a vendor signed: one event that stops a reader would hide
// all events after it. The readers are the real programs; what stops each of them was found by trying.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Daemon, chathookd, temporaryDirectory } from './support/daemon.mjs';
import { Receiver } from './support/receiver.mjs';
import * as readers from './support/readers.mjs';
import { lynnBody } from './support/vendors.mjs';
import { until } from './support/wait.mjs';

const arrays = (depth) => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
const chat = (text) => `{"conversationId":"c","messages":[{"text":"${text}","senderRole":"human"}]}`;

// Bodies, and the words in their lines for the changes that were needed.
const corpus = [
    ['half an emoji in a text', chat('Great \\ud83d'), ['surrogate']],
    ['halves beside whole ones', chat('\\ude00\\ud83d\\ude00\\ud83d'), ['surrogate']],
    ['half an emoji in a key', '{"conversationId":"c","\\ud83d":{"\\udc00":1}}', ['surrogate']],
    ['keys that differ in halves only', '{"\\ud800":1,"\\ud801":2}', ['surrogate', 'duplicate_key']],
    ['NUL in a text', chat('a\\u0000b'), ['nul']],
    ['NUL in a key', '{"\\u0000a":1,"b\\u0000":2,"\\u0000":3}', ['nul']],
    ['a number beyond doubles', '{"a":1e400,"b":[-1E999]}', ['number']],
    ['a number beyond decimals', '{"a":1e200000}', ['number']],
    ['a number below decimals', '{"a":1e-20000,"b":0e20000}', ['number']],
    ['an integer of 5,000 digits', `{"a":${'9'.repeat(5000)}}`, ['number']],
    ['20,000 digits after the point', `{"a":0.${'1'.repeat(20000)}}`, ['number']],
    ['a key twice', '{"a":1,"a":"x","b":{"c":{"d":1},"c":[1]}}', ['duplicate_key']],
    ['the empty key twice', '{"":1,"":2}', ['duplicate_key']],
    ['a key twice in two spellings', '{"a":1,"\\u0061":2}', ['duplicate_key']],
    ['line breaks', '{\r\n  "a": [1,\n  2]\n}\n', ['line_break']],
    ['a byte order mark', '\ufeff{"a":1}', ['byte_order_mark']],
    ['bytes that are no UTF-8', Buffer.from('{"a":"\xff\xed\xa0\x80"}', 'latin1'), ['utf8']],
    ['everything at once', '{\n"\\ud800":[1e400,"\\u0000"],"a":1,"a":2}', [
        'line_break', 'surrogate', 'nul', 'number', 'duplicate_key',
    ]],
    ...[56, 60, 64, 100, 128, 257, 300, 509, 510, 511, 512, 513, 10_000].flatMap((depth) => [
        [`${depth} arrays`, arrays(depth), ['depth']],
        [`${depth} objects`, objects(depth), ['depth']],
    ]),
    ['a deep text', `{"conversationId":"c","messages":[{"text":"x","resources":${arrays(300)}}]}`, ['depth']],
    ['55 arrays', arrays(55)],
    ['55 objects', objects(55)],
    ['integers of 64 bits', '{"a":9223372036854775807,"b":18446744073709551615,"c":-9223372036854775808}'],
    ['an integer of 30 digits', '{"a":123456789012345678901234567890}'],
    ['an integer of 308 digits', `{"a":${'9'.repeat(308)}}`],
    ['the ends of doubles', '{"a":[1.7976931348623157e308,5e-324,1e-400,-0,-0.0,0E+0,0e400]}'],
    ['400 digits after the point', `{"a":0.${'1'.repeat(398)}}`],
    ['a long key', `{"${'k'.repeat(100_000)}":1}`],
    ['a long text', `{"a":"${'t'.repeat(700_000)}"}`],
    ['a long array', `[${'1,'.repeat(100_000)}1]`],
    ['many keys', `{${Array.from({ length: 5000 }, (_, i) => `"k${i}":${i}`).join()}}`],
    ['separators and noncharacters', '{"a":"\u2028\u2029\ufeff\uffff\u{10ffff}\x7f\u0085"}'],
    ['escaped noncharacters', '{"a":"\\uffff\\ufdd0\\ufeff"}'],
    ['escaped control characters', '{"a":"\\u0001\\u001f\\b\\u007f"}'],
    ['an emoji, escaped and not', chat('\\ud83d\\ude00 😀')],
    ['odd keys', '{"":1,"__proto__":{"a":1},"a.b":1,"a\\"b":2,"\\\\":3,"\\n":4,"$":5," ":6}'],
    ['texts that look like numbers and times', '{"a":"NaN","b":"Infinity","c":"2020-01-01T00:00:00Z"}'],
    ['a lone text', '"text"'],
    ['a lone null', 'null'],
    ['a mixed array', '[1,"a",{"b":[]},null,true,[[]]]'],
    ['no JSON', '{"a":', []],
    ['nothing', ''],
    ['a usual handover', lynnBody('c')],
].map(([name, body, changed]) => ({ name, body: Buffer.from(body), changed }));

// DuckDB's column detection does not distinguish keys that differ only in case; docs/event-model.md shows how
// to read these.
const differing_in_case = '{"userId":1,"userID":2}';

async function received(t, bodies, sinks = {}) {
    const daemon = await Daemon.start(t, (directory) => ({
        sinks: { events: { type: 'file', path: path.join(directory, 'events.jsonl') }, ...sinks },
        routes: [{ to: ['events', ...Object.keys(sinks)] }],
    }));
    for (const body of bodies) assert.equal((await daemon.send('lynn', body)).status, 200);
    const events = await daemon.eventually(bodies.length);
    assert.equal(events.length, bodies.length);
    return { daemon, ids: events.map((event) => event.id), events };
}

// How a program that does not know chathookd gets the signed bytes.
function rebuilt(line) {
    const { data } = JSON.parse(line);
    if ('original_base64' in data) return Buffer.from(data.original_base64, 'base64');
    const start = line.indexOf('"original":', line.indexOf('"data":')) + '"original":'.length;
    return Buffer.from(line.slice(start, -2));
}

test('every line is read by jq, Python, Go, PHP, DuckDB, PostgreSQL and JSON.parse', { timeout: 240_000 }, async (t) => {
    const bodies = corpus.map((one) => one.body);
    const { daemon, ids } = await received(t, [...bodies, differing_in_case]);
    const file = daemon.eventsFile;
    const directory = temporaryDirectory(t);
    const duckdb = await readers.duckdb();

    assert.deepEqual(readers.javascript(file), ids, 'JSON.parse');
    assert.deepEqual(readers.jq(file), ids, 'jq');
    assert.deepEqual(readers.python(file), ids, 'Python');
    assert.deepEqual(readers.php(file), ids, 'PHP');
    assert.deepEqual(readers.go(t, directory)(file), ids, 'Go');
    assert.deepEqual(await duckdb.named(file), ids, 'DuckDB, columns named');
    assert.deepEqual(await duckdb.objects(file), ids, 'DuckDB, whole objects');
    assert.deepEqual(readers.postgres(t, directory)(file), ids, "PostgreSQL's jsonb");

    const guessable = path.join(directory, 'guessable.jsonl');
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    fs.writeFileSync(guessable, lines.filter((line) => !line.includes('"userID"')).join('\n'));
    assert.deepEqual(await duckdb.guessed(guessable), ids.slice(0, -1), 'DuckDB, columns guessed');
});

test("the answers of the admin API and the output of the commands are read by jq, too", async (t) => {
    const { daemon, ids } = await received(t, corpus.map((one) => one.body));
    const directory = temporaryDirectory(t);
    const asFile = (name, text) => {
        const file = path.join(directory, name);
        fs.writeFileSync(file, text);
        return file;
    };
    const answer = await daemon.admin('/api/v1/events?limit=1000');
    assert.deepEqual(readers.jq(asFile('list', answer.body), '.events[].event.id'), ids);
    const one = await daemon.admin(`/api/v1/events/${ids[0]}`);
    assert.deepEqual(readers.jq(asFile('one', one.body), '.event.id'), ids.slice(0, 1));
    for (const [command, filter] of [
        [['events', 'list', '--json'], '.event.id'],
        [['tail', '--json', '-n', '1000'], '.id'],
    ]) {
        const { code, out, err } = chathookd([...command, '--admin', daemon.adminAddress]);
        assert.equal(code, 0, err);
        const read = readers.jq(asFile('command', out), filter);
        assert.deepEqual(read.sort(), [...ids].sort(), command.join(' '));
    }
});

test('a line that had to be changed says so and contains the exact signed bytes', async (t) => {
    const receiver = await Receiver.start(t);
    const original = { type: 'http', url: receiver.url, allow_private: true, payload: 'original' };
    const { daemon, events } = await received(t, corpus.map((one) => one.body), { original });
    const lines = fs.readFileSync(daemon.eventsFile, 'utf8').split('\n').filter(Boolean);
    corpus.forEach(({ name, body, changed }, i) => {
        const { data } = events[i];
        const isJson = changed === undefined || changed.length > 0 ? name !== 'nothing' : false;
        assert.deepEqual(data.original_changed, changed?.length ? changed : undefined, name);
        assert.equal('original' in data, isJson, name);
        assert.ok(rebuilt(lines[i]).equals(body), name);
    });
    const sent = receiver.requests;
    await until('all deliveries', () => sent.length === corpus.length);
    corpus.forEach(({ name, body }, i) => assert.ok(sent[i].bytes.equals(body), `payload: original, ${name}`));

    await daemon.stop();
    const verified = chathookd([
        'verify-journal', '--json', '--sink-file', `events=${daemon.eventsFile}`, daemon.config.journal.path,
    ]);
    assert.equal(verified.code, 0, verified.err);
    const [report] = JSON.parse(verified.out).sink_files;
    assert.equal(report.as_delivered, corpus.length);
    assert.equal(report.rebuilt, corpus.length);
});

test('half an emoji becomes U+FFFD in the normalized text, and nothing beside it changes', async (t) => {
    const { events } = await received(t, [chat('a\\ud83db\\ud83d\\ude00c\\u0000d')]);
    assert.equal(events[0].data.conversation.messages[0].text, 'a\ufffdb😀c\ufffdd');
    assert.equal(events[0].data.original.messages[0].text, 'a\ufffdb😀c\ufffdd');
});

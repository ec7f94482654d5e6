// The judge: a process of its own that reads only what others wrote down, and says whether the promise was kept.
//   node judge.mjs LEDGER SINK=FILE[,FILE...] ...
// LEDGER: see ledger.mjs. A SINK's files hold what it got, one event a line, in the order in which it came; `~SINK`
// keeps no order. Prints one JSON object; exit code 0 when nothing was lost, altered, split, foreign or out of order.
//   lost        answered 200 and not there
//   altered     there with other bytes than were sent, or not readable
//   split       one webhook that became two events
//   foreign     never sent
//   disordered  after an event that was sent only once this one had been answered (first copies only)
//   doubled     further copies of the same event: allowed, and counted
import { createHash } from 'node:crypto';
import fs from 'node:fs';

const digestOf = (text) => createHash('sha256').update(text).digest('hex');
// Whole lines only; the last one may be torn when its writer was killed. Files may be larger than a string can be.
function* linesOf(file) {
    if (!fs.existsSync(file)) return;
    const fd = fs.openSync(file, 'r');
    const piece = Buffer.alloc(1 << 22);
    let rest = Buffer.alloc(0);
    for (let size; (size = fs.readSync(fd, piece)) > 0; ) {
        const bytes = Buffer.concat([rest, piece.subarray(0, size)]);
        const end = bytes.lastIndexOf(10) + 1;
        yield* bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
        rest = bytes.subarray(end);
    }
    fs.closeSync(fd);
}

function readLedger(file) {
    const sent = new Map(); // conversation -> {digest, at, answeredAt}
    let at = 0;
    for (const line of linesOf(file)) {
        const entry = JSON.parse(line);
        at += 1;
        if (entry.sent !== undefined) {
            if (!sent.has(entry.sent)) sent.set(entry.sent, { digest: entry.digest, at });
        } else if (entry.status === 200) {
            sent.get(entry.answered).answeredAt ??= at;
        }
    }
    return sent;
}

function* allLines(files) {
    for (const file of files) yield* linesOf(file);
}

function judge(sent, files, ordered) {
    const found = { lines: 0, altered: [], split: [], foreign: [], disordered: [], doubled: 0 };
    const ids = new Map(); // conversation -> id
    let newestSend = -1;
    for (const line of allLines(files)) {
        found.lines += 1;
        let event;
        try {
            event = JSON.parse(line);
        } catch {
            found.altered.push(line.slice(0, 80));
            continue;
        }
        const conversation = event.data?.original?.conversationId;
        const entry = sent.get(conversation);
        if (!entry) {
            found.foreign.push(String(conversation));
            continue;
        }
        if (digestOf(JSON.stringify(event.data.original)) !== entry.digest) found.altered.push(conversation);
        if (ids.has(conversation)) {
            if (ids.get(conversation) === event.id) found.doubled += 1;
            else found.split.push(conversation);
            continue;
        }
        ids.set(conversation, event.id);
        if (ordered && entry.answeredAt < newestSend) found.disordered.push(conversation);
        newestSend = Math.max(newestSend, entry.at);
    }
    const lost = [...sent].filter(([conversation, { answeredAt }]) => answeredAt !== undefined && !ids.has(conversation));
    return { events: ids.size, ...found, lost: lost.map(([conversation]) => conversation) };
}

const [ledger, ...sinks] = process.argv.slice(2);
const sent = readLedger(ledger);
const verdict = { sent: sent.size, answered: [...sent.values()].filter((entry) => entry.answeredAt !== undefined).length };
let guilty = false;
for (const sink of sinks) {
    const [, loose, name, files] = /^(~?)([^=]+)=(.*)$/.exec(sink);
    verdict[name] = judge(sent, files.split(',').filter(Boolean), !loose);
    for (const crime of ['lost', 'altered', 'split', 'foreign', 'disordered']) {
        const cases = verdict[name][crime];
        guilty ||= cases.length > 0;
        verdict[name][crime] = { count: cases.length, first: cases.slice(0, 5) };
    }
}
process.stdout.write(`${JSON.stringify(verdict)}\n`);
process.exitCode = guilty ? 1 : 0;

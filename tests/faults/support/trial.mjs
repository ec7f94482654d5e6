// A daemon whose file, stdout and http sinks get every event, the ledger of what it was sent, and the records
// of what the sinks got; everything but the daemon's own files is on a disk that no fault touches.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Daemon, temporaryDirectory } from '../../flow/support/daemon.mjs';
import { Receiver } from '../../flow/support/receiver.mjs';
import { undo } from '../../flow/support/undo.mjs';
import { until } from '../../flow/support/wait.mjs';
import { Ledger } from './ledger.mjs';

const judge = fileURLToPath(new URL('judge.mjs', import.meta.url));

// Runs the judge in its own process: {guilty, verdict}. `sinks`: name -> files; `~name`: an unordered sink.
export function judged(ledgerFile, sinks) {
    const named = Object.entries(sinks).map(([name, files]) => `${name}=${[files].flat().join(',')}`);
    const done = spawnSync(process.execPath, ['--max-old-space-size=8192', judge, ledgerFile, ...named], { encoding: 'utf8' });
    if (done.error || done.stderr) throw done.error ?? new Error(done.stderr);
    return { guilty: done.status !== 0, verdict: JSON.parse(done.stdout) };
}

// The conversations in lines of events. Copies of the strings: a RegExp's match keeps the whole line alive,
// and an hour's lines are more than this process can hold.
const conversationsOf = (lines) =>
    lines.map((line) => /"conversationId":"([^"]*)"/.exec(line)?.[1]).filter(Boolean)
        .map((found) => Buffer.from(found).toString());

const wholeLines = (file) => {
    const text = fs.readFileSync(file, 'utf8');
    return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').slice(0, -1);
};

export class Trial {
    atReceiver = new Set(); // conversations
    atConsole = new Set();

    // `changes`: to the default configuration, or a function from the receiver to changes. `events`: the file
    // sink's options beside its path.
    static async start(t, name, { changes = {}, events = {}, directory } = {}) {
        const trial = new Trial();
        trial.records = temporaryDirectory(t);
        trial.console = path.join(trial.records, 'console');
        trial.ledger = new Ledger(path.join(trial.records, 'ledger'), name);
        undo(t, () => trial.ledger.close());
        trial.receiver = await Receiver.start(t);
        const taken = fs.openSync(path.join(trial.records, 'crm'), 'a');
        undo(t, () => fs.closeSync(taken));
        trial.receiver.answer = ({ body }) => {
            fs.writeSync(taken, `${body}\n`);
            conversationsOf([body]).forEach((one) => trial.atReceiver.add(one));
            return { status: 204 };
        };
        const file = directory ? path.join(directory, 'events.jsonl') : 'events.jsonl';
        trial.daemon = await Daemon.start(t, (daemonDirectory) => ({
            sinks: {
                events: { type: 'file', path: file, ...events },
                console: { type: 'stdout', format: 'json' },
                crm: {
                    type: 'http', url: trial.receiver.url, payload: 'cloudevents', allow_private: true,
                    retry: { initial: '50ms', max: '200ms' },
                },
            },
            routes: [{ to: ['events', 'console', 'crm'] }],
            ...(typeof changes === 'function' ? changes(trial.receiver, daemonDirectory) : changes),
        }));
        trial.eventsFile = path.resolve(trial.daemon.directory, file);
        trial.daemon.eventsFile = trial.eventsFile;
        return trial;
    }

    // Oldest first: events.jsonl.2, events.jsonl.1, events.jsonl.
    get eventsFiles() {
        const directory = path.dirname(this.eventsFile);
        const numbered = (name) => Number(/\.(\d+)$/.exec(name)?.[1] ?? 0);
        return fs.readdirSync(directory)
            .filter((name) => /^events\.jsonl(\.\d+)?$/.test(name))
            .sort((a, b) => numbered(b) - numbered(a))
            .map((name) => path.join(directory, name));
    }

    // Appends what the console got since the last call to its record.
    collect() {
        const lines = this.daemon.printed.splice(0);
        fs.appendFileSync(this.console, lines.map((line) => `${line}\n`).join(''));
        conversationsOf(lines).forEach((one) => this.atConsole.add(one));
    }

    // Waits until every sink has everything answered, at most `within` milliseconds; the judge decides.
    async delivered(within = 60_000) {
        const missing = (seen) => [...this.ledger.answered].some((conversation) => !seen.has(conversation));
        const inFiles = () => new Set(this.eventsFiles.flatMap((file) => conversationsOf(wholeLines(file))));
        const everywhere = () => {
            this.collect();
            return !missing(this.atConsole) && !missing(this.atReceiver) && !missing(inFiles());
        };
        // Reading all files takes this process's time, and a sink's receiver lives in it, so it is done only
        // after the daemon is done.
        const nothingWaits = async () => (await this.daemon.metric('chathook_sink_backlog_events').catch(() => 1)) === 0;
        const done = async () => (await nothingWaits()) && everywhere();
        await until('the sinks to have everything', done, within).catch(() => {});
    }

    // Has the judge check everything. `unsorted`: sinks whose order is not checked.
    judged({ unsorted = [] } = {}) {
        this.collect();
        const files = { events: this.eventsFiles, console: this.console, crm: path.join(this.records, 'crm') };
        const named = Object.entries(files).map(([name, list]) => [unsorted.includes(name) ? `~${name}` : name, list]);
        return judged(this.ledger.file, Object.fromEntries(named));
    }
}

// The programs with which people read events. Each takes a file of events and returns the ids of all lines in
// order, or throws the program's message. They are the real programs; PostgreSQL runs as a server of the
// test, on a socket in its directory.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { undo } from './undo.mjs';

const sources = fileURLToPath(new URL('../readers', import.meta.url));
const outputMax = 256 * 1024 * 1024;

function run(program, args, options = {}) {
    return execFileSync(program, args, {
        encoding: 'utf8',
        maxBuffer: outputMax,
        stdio: ['ignore', 'pipe', 'pipe'],
        ...options,
    });
}

const lines = (text) => text.split('\n').filter(Boolean);

export const jq = (file, filter = '.id') => lines(run('jq', ['-r', filter, file]));
export const python = (file) => lines(run('python3', [path.join(sources, 'read.py'), file]));
export const php = (file) => lines(run('php', [path.join(sources, 'read.php'), file]));
export const javascript = (file) => lines(fs.readFileSync(file, 'utf8')).map((line) => JSON.parse(line).id);

// Built once per test: `go run` would build it for each file.
export function go(t, directory) {
    const program = path.join(directory, 'read-go');
    run('go', ['build', '-o', program, path.join(sources, 'read.go')], {
        env: { ...process.env, GOCACHE: path.join(directory, 'go-cache'), GOFLAGS: '-mod=mod' },
    });
    return (file) => lines(run(program, [file]));
}

// As docs/event-model.md shows it, and as people write it without having read that: with detected columns.
export async function duckdb() {
    const { DuckDBInstance } = await import(
        path.join(process.env.READER_PACKAGES, '@duckdb/node-api/lib/index.js')
    );
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    // to_json reads every value of a row, also those that the query would skip.
    const ids = async (table, id = 'id') => {
        const query = `select ${id}, length(to_json(line)::varchar) from ${table} as line`;
        return (await connection.runAndReadAll(query)).getRows().map((row) => String(row[0]));
    };
    return {
        named: (file) =>
            ids(
                `read_json('${file}', format = 'newline_delimited', ` +
                    `columns = {id: 'VARCHAR', type: 'VARCHAR', time: 'TIMESTAMPTZ', data: 'JSON'})`,
            ),
        objects: (file) => ids(`read_ndjson_objects('${file}')`, "json->>'$.id'"),
        guessed: (file) => ids(`read_json_auto('${file}')`),
    };
}

// Debian does not put the server's programs into PATH. The server refuses to run as root, so as root it is
// run as postgres.
export function postgres(t, directory) {
    const versions = '/usr/lib/postgresql';
    const newest = fs
        .readdirSync(versions)
        .sort((a, b) => b - a)
        .find((version) => fs.existsSync(`${versions}/${version}/bin/initdb`));
    const programs = `${versions}/${newest}/bin`;
    const home = path.join(directory, 'postgres');
    fs.mkdirSync(home);
    let as = [];
    if (process.getuid() === 0) {
        as = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'];
        fs.chmodSync(directory, 0o711);
        run('chown', ['postgres', home]);
    }
    const asServer = (program, ...args) => {
        const [first, ...rest] = [...as, path.join(programs, program), ...args];
        // The output is discarded: the server inherits it, and a pipe would end only with the server.
        run(first, rest, { cwd: home, stdio: 'ignore' });
    };
    const data = path.join(home, 'data');
    asServer('initdb', '-D', data, '-U', 'test', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N');
    const settings = `-c listen_addresses='' -c unix_socket_directories='${home}' -c fsync=off`;
    asServer('pg_ctl', '-D', data, '-w', '-l', path.join(home, 'log'), '-o', settings, 'start');
    undo(t, () => asServer('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop'));
    return (file) => {
        // One column with whole lines: neither the quote nor the delimiter can occur in a line.
        const copy = `\\copy line(text) from '${file}' with (format csv, quote e'\\x01', delimiter e'\\x02')`;
        const commands = [
            'create temporary table line(number serial, text text)',
            copy,
            'create temporary table event as select number, text::jsonb as event from line',
            "select event->>'id' from event order by number",
        ].flatMap((command) => ['-c', command]);
        return lines(
            run('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', home, '-U', 'test', 'postgres', ...commands]),
        );
    };
}

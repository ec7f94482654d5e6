#!/usr/bin/env bash
# One text cut in the middle of an emoji makes DuckDB refuse a whole file of JSON lines, for every query.
# Version: npm, @duckdb/node-api 1.5.6-r.1 (DuckDB 1.5.6).
#
# JSON's grammar (RFC 8259, section 7) allows an escape of half a surrogate pair; JSON.stringify writes one for such a
# text. DuckDB stops there even if the query asks for another column, or for whole lines as they are
# (read_ndjson_objects). With ignore_errors the line stays, but as a row of NULLs: the count is right and the id that
# stands in it is not to be had. The line that the error names is one too far: the second line is "line 3".
#
# It is more forgiving of what JSON allows otherwise: a number beyond doubles and a key that stands twice stop only a
# query that asks for their column.
#
# Seen: the table at the end.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --cache .npm --prefix . @duckdb/node-api@1.5.6-r.1

cat >read.mjs <<'END'
import fs from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const asked = {
    'id, guessed': `select id from read_json_auto('lines')`,
    'id, named': `select id from read_json('lines', format = 'newline_delimited', columns = {id: 'INTEGER'})`,
    'whole lines': `select json from read_ndjson_objects('lines')`,
    'id, ignore_errors': `select id from read_ndjson('lines', ignore_errors = true)`,
};
for (const [name, value] of [['half a pair', '"\\ud83d"'], ['1e400', '1e400'], ['a key twice', '{"a":1,"a":2}']]) {
    fs.writeFileSync('lines', `{"id":1,"text":1}\n{"id":2,"text":${value}}\n{"id":3,"text":3}\n`);
    for (const [what, query] of Object.entries(asked)) {
        const answer = await connection.runAndReadAll(query).then(
            (result) => result.getRows().map(String).join(' | '),
            (error) => /Malformed.*string/.exec(error.message)?.[0] ?? error.message,
        );
        console.log(`${name}; ${what}: ${answer}`);
    }
}
END
diff /dev/fd/3 <(node read.mjs) 3<<'END'
half a pair; id, guessed: Malformed JSON in file "lines", at byte 23 in line 3: no low surrogate in string
half a pair; id, named: Malformed JSON in file "lines", at byte 23 in line 3: no low surrogate in string
half a pair; whole lines: Malformed JSON in file "lines", at byte 23 in line 3: no low surrogate in string
half a pair; id, ignore_errors: 1 |  | 3
1e400; id, guessed: 1 | 2 | 3
1e400; id, named: 1 | 2 | 3
1e400; whole lines: {"id":1,"text":1} | {"id":2,"text":1e400} | {"id":3,"text":3}
1e400; id, ignore_errors: 1 | 2 | 3
a key twice; id, guessed: 1 | 2 | 3
a key twice; id, named: 1 | 2 | 3
a key twice; whole lines: {"id":1,"text":1} | {"id":2,"text":{"a":1,"a":2}} | {"id":3,"text":3}
a key twice; id, ignore_errors: 1 | 2 | 3
END
echo "as described"

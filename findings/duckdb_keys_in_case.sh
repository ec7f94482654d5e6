#!/usr/bin/env bash
# DuckDB's guess of columns fails for a whole file where two lines spell a nested key with other capitals.
# Version: npm, @duckdb/node-api 1.5.6-r.1 (DuckDB 1.5.6).
#
# {"data":{"userId":1}} in one line and {"data":{"userID":2}} in another are two keys for JSON. DuckDB's structs do
# not tell them apart, so read_json_auto is an error for every query, also for those that ask for another column or
# only count. At the top level the same keys are no error: the second column is called userID_1.
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
const files = {
    nested: ['{"id":1,"data":{"userId":1}}', '{"id":2,"data":{"userID":2}}'],
    'at the top': ['{"id":1,"userId":1}', '{"id":2,"userID":2}'],
};
for (const [name, lines] of Object.entries(files)) {
    fs.writeFileSync('lines', lines.join('\n'));
    for (const columns of ['id', 'count(*)', '*']) {
        const answer = await connection.runAndReadAll(`select ${columns} from read_json_auto('lines')`).then(
            (result) => `${result.columnNames()}: ${result.getRows().map((row) => row.join()).join(' | ')}`,
            (error) => error.message.split('\n')[0],
        );
        console.log(`${name}; ${columns}: ${answer}`);
    }
}
END
diff /dev/fd/3 <(node read.mjs) 3<<'END'
nested; id: Not implemented Error: Duplicate name "userID" in struct auto-detected in JSON, try ignore_errors=true
nested; count(*): Not implemented Error: Duplicate name "userID" in struct auto-detected in JSON, try ignore_errors=true
nested; *: Not implemented Error: Duplicate name "userID" in struct auto-detected in JSON, try ignore_errors=true
at the top; id: id: 1 | 2
at the top; count(*): count_star(): 2
at the top; *: id,userId,userID_1: 1,1, | 2,,2
END
echo "as described"

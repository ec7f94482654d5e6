// Says which cases of two runs differ by more than their noise:
//   node tests/bench/moved.mjs BEFORE.json AFTER.json   what tests/bench/run --json FILE wrote, on one machine
//   node tests/bench/moved.mjs BOTH.json                what tests/bench/since --json FILE wrote
// Exits 1 when a case got worse.
import fs from 'node:fs';

import { comparison } from './compare.mjs';

const runs = process.argv.slice(2).map((file) => JSON.parse(fs.readFileSync(file, 'utf8')));
const [before, after] = runs.length === 1 ? [runs[0].before, runs[0]] : runs;
const { text, worse } = comparison(before, after, { inTurns: runs.length === 1 });
console.log(text);
process.exitCode = worse ? 1 : 0;

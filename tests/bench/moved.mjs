// Says which cases of two runs differ by more than their noise:   node tests/bench/moved.mjs BEFORE.json AFTER.json
// Both are what tests/bench/run --json FILE wrote, on the same machine. Exits 1 when a case got worse.
//
// Compared are the ratio to nginx (or the rate, for a case without one) and the CPU time of a request. A case has
// moved when the two sets of rounds do not overlap and their medians are apart by more than twice the larger median
// deviation and by more than 3 %.
import fs from 'node:fs';

import { median } from './table.mjs';

const [before, after] = process.argv.slice(2).map((file) => JSON.parse(fs.readFileSync(file, 'utf8')));
const least = 0.03;
for (const { rounds, commit } of [before, after]) {
    if (rounds < 3) throw new Error(`the run of ${commit} has ${rounds} rounds: too few to know its noise`);
}

const deviation = (values) => median(values.map((value) => Math.abs(value - median(values))));

function verdict(old, now, lowerIsBetter) {
    const change = median(now) / median(old) - 1;
    const overlap = Math.min(...old) <= Math.max(...now) && Math.min(...now) <= Math.max(...old);
    const apart = Math.abs(median(now) - median(old)) > 2 * Math.max(deviation(old), deviation(now));
    if (overlap || !apart || Math.abs(change) < least) return { change, word: 'as before' };
    return { change, word: change < 0 === lowerIsBetter ? 'better' : 'WORSE' };
}

let worse = false;
console.log(
    `| case | figure | ${before.commit} | ${after.commit} | change | |\n| --- | --- | --- | --- | --- | --- |`,
);
for (const [name, { rounds }] of Object.entries(after.cases)) {
    const earlier = before.cases[name]?.rounds;
    if (!earlier) continue;
    for (const [title, key, lowerIsBetter] of [
        rounds[0].ratio === undefined ? ['requests/s', 'rate', false] : ['beside nginx', 'ratio', false],
        ['CPU µs/request', 'cpu_us', true],
    ]) {
        const [old, now] = [earlier, rounds].map((turns) => turns.map((turn) => turn[key]));
        const { change, word } = verdict(old, now, lowerIsBetter);
        worse ||= word === 'WORSE';
        const digits = key === 'rate' ? 0 : 2;
        const percent = `${change > 0 ? '+' : ''}${(change * 100).toFixed(1)} %`;
        console.log(
            `| ${name} | ${title} | ${median(old).toFixed(digits)} | ${median(now).toFixed(digits)} | ${percent} | ${word} |`,
        );
    }
}
process.exitCode = worse ? 1 : 0;

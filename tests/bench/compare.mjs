// Which figures of two runs differ by more than their noise. Pure.
import { median, version } from './table.mjs';

// Of a case: its title and key, whether less is better, how many digits are shown, and the least change that
// counts, of turns and of runs apart: docs/performance.md says how far counts of instructions repeat.
const figures = [
    ['beside nginx', 'ratio', false, 2, { turns: 0.03, apart: 0.03 }],
    ['requests/s', 'rate', false, 0, { turns: 0.03, apart: 0.03 }],
    ['CPU µs/request', 'cpu_us', true, 2, { turns: 0.03, apart: 0.03 }],
    ['instructions/request', 'instructions', true, 0, { turns: 0.01, apart: 0.05 }],
];

export const fewestRounds = 3; // fewer do not tell their noise

const deviation = (values) => median(values.map((value) => Math.abs(value - median(values))));

// Two runs, one after the other: moved is what does not overlap, and whose medians are apart by more than twice
// the larger median deviation.
function apart(old, now) {
    const overlap = Math.min(...old) <= Math.max(...now) && Math.min(...now) <= Math.max(...old);
    const noise = 2 * Math.max(deviation(old), deviation(now));
    return { change: median(now) / median(old) - 1, noise: overlap ? Infinity : noise / median(old) };
}

// Student's t of 2, 3, ... values, which chance exceeds on one side once in 100 times.
const student = [31.82, 6.96, 4.54, 3.75, 3.36, 3.14, 3.0, 2.9, 2.82, 2.76, 2.72, 2.68, 2.65, 2.62, 2.6];

// Rounds in which both had their turn next to each other, so that what slowed one down mostly slowed both:
// moved is what chance would not do to the mean of their quotients' logarithms.
function apartInTurns(old, now) {
    const quotients = now.map((value, at) => Math.log(value / old[at]));
    const mean = quotients.reduce((sum, one) => sum + one, 0) / quotients.length;
    const squares = quotients.reduce((sum, one) => sum + (one - mean) ** 2, 0);
    const error = Math.sqrt(squares / (quotients.length - 1) / quotients.length);
    const t = student[Math.min(quotients.length - 2, student.length - 1)];
    return { change: Math.expm1(mean), noise: Math.expm1(t * error) };
}

const percent = (share) => `${(share * 100).toFixed(1)} %`;

// {text: a table, worse: whether any figure got worse}. `inTurns`: both were measured in the same rounds.
export function comparison(before, after, { inTurns = false } = {}) {
    for (const { rounds, commit } of [before, after]) {
        if (rounds < fewestRounds) throw new Error(`the run of ${commit} has too few rounds: ${rounds}`);
    }
    let worse = false;
    const lines = [
        `| case | figure | ${version(before)} | ${version(after)} | change | |`,
        '| --- | --- | --- | --- | --- | --- |',
    ];
    for (const [name, { rounds }] of Object.entries(after.cases)) {
        const earlier = before.cases[name]?.rounds;
        for (const [title, key, lessIsBetter, digits, least] of figures) {
            if (earlier?.[0][key] === undefined || rounds[0][key] === undefined) continue;
            if (key === 'rate' && rounds[0].ratio !== undefined) continue;
            const [old, now] = [earlier, rounds].map((turns) => turns.map((turn) => turn[key]));
            const { change, noise } = inTurns ? apartInTurns(old, now) : apart(old, now);
            const moved = Math.abs(change) > Math.max(noise, inTurns ? least.turns : least.apart);
            const word = !moved ? 'as before' : change < 0 === lessIsBetter ? 'better' : 'WORSE';
            worse ||= word === 'WORSE';
            const figure = (values) => median(values).toFixed(digits);
            const sign = change > 0 ? '+' : '';
            const told = `${sign}${percent(change)}${inTurns ? ` ± ${percent(noise)}` : ''}`;
            lines.push(`| ${name} | ${title} | ${figure(old)} | ${figure(now)} | ${told} | ${word} |`);
        }
    }
    return { text: lines.join('\n'), worse };
}

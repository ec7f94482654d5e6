// The results of a run as a table. Pure.

export function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length / 2;
    return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// "12.3 (11.8-12.9)": the median with the least and the most; nothing where nothing was measured.
export function spread(values, digits) {
    const known = values.filter((value) => value !== undefined);
    if (known.length === 0) return '';
    const text = (value) =>
        value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return `${text(median(known))} (${text(Math.min(...known))}-${text(Math.max(...known))})`;
}

const columns = [
    ['requests/s', 'rate', 0],
    ['beside nginx', 'ratio', 2],
    ['p50 ms', 'p50_ms', 2],
    ['p99 ms', 'p99_ms', 2],
    ['p99.9 ms', 'p999_ms', 2],
    ['CPU µs/request', 'cpu_us', 1],
    ['peak MiB', 'peak_mib', 1],
    ['catches up in s', 'catch_up_s', 2],
    ['instructions/request', 'instructions', 0],
    ['events in a commit', 'commit_events', 1],
];

export const version = ({ commit, changed }) => `${commit}${changed ? ' with changes' : ''}`;

export function table(results) {
    const { cpu, rounds, seconds, requests, cases } = results;
    const length = requests ? `${requests} requests` : `${seconds} s`;
    const measured = Object.values(cases).flatMap((one) => one.rounds);
    const shown = columns.filter(([, key]) => measured.some((turn) => turn[key] !== undefined));
    const lines = [
        `${rounds} rounds of ${length}; ${cpu}; ${version(results)}`,
        '',
        `| case | ${shown.map(([title]) => title).join(' | ')} |`,
        `| --- |${' --- |'.repeat(shown.length)}`,
    ];
    for (const [name, { rounds: turns }] of Object.entries(cases)) {
        const cells = shown.map(([, key, digits]) =>
            spread(
                turns.map((turn) => turn[key]),
                digits,
            ),
        );
        lines.push(`| ${name} | ${cells.join(' | ')} |`);
    }
    return lines.join('\n');
}

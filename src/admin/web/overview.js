// The overview: the sinks and their progress, the sources and when they last sent something.
import { get, getText, readMetrics } from './api.js';
import { element, facts, link, notice, row, table } from './dom.js';
import { ago, count, sinceThen, untilThen } from './words.js';

const refreshEvery = 5000;

const of = (metrics, name, labels) => (metrics[name] ?? [])
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value));

function stateOf(sink) {
    if (!sink.configured) return 'not configured any more';
    if (sink.state !== 'failing') return 'works';
    const next = sink.next_try ? `, next attempt ${untilThen(sink.next_try)}` : '';
    return element('span', { class: 'bad', title: sink.reason }, `fails, first ${sinceThen(sink.since)}${next}`);
}

function sinksTable(sinks) {
    if (sinks.length === 0) return notice('No sink has asked for events yet.');
    const rows = sinks.map((sink) => row([
        sink.sink,
        stateOf(sink),
        count(sink.waiting),
        sink.oldest ? element('time', { datetime: sink.oldest, title: sink.oldest }, sinceThen(sink.oldest)) : '',
        sink.dead > 0 ? link(count(sink.dead), `#/dead?sink=${encodeURIComponent(sink.sink)}`, { class: 'bad' }) : '0',
    ]));
    return table(['Sink', 'State', 'Waiting', 'Oldest', 'Dead letters'], rows);
}

function sourcesTable(metrics) {
    const sum = (samples) => samples.reduce((total, sample) => total + sample.value, 0);
    const requests = (metrics.chathook_requests_total ?? []).map((sample) => sample.labels.source).filter(Boolean);
    const events = (metrics.chathook_events_total ?? []).map((sample) => sample.labels.source);
    const sources = [...new Set([...requests, ...events])].sort();
    if (sources.length === 0) return notice('Nothing has been sent yet.');
    const rows = sources.map((source) => {
        const last = of(metrics, 'chathook_source_last_event_seconds', { source })[0]?.value;
        const refused = sum(of(metrics, 'chathook_rejections_total', { source }));
        return row([
            link(source, `#/events?source=${encodeURIComponent(source)}`),
            count(sum(of(metrics, 'chathook_events_total', { source }))),
            last > 0 ? ago(Date.now() / 1000 - last) : 'none yet',
            count(sum(of(metrics, 'chathook_duplicates_total', { source }))),
            refused > 0 ? link(count(refused), `#/rejections?source=${encodeURIComponent(source)}`, { class: 'bad' }) : '0',
        ]);
    });
    return table(['Source', 'Events', 'The last one', 'Duplicates', 'Refused'], rows);
}

export const title = 'Overview';

export async function show(main, parameters, signal) {
    const sinks = element('section', {});
    const sources = element('section', {});
    const journal = element('section', {});
    main.append(element('h2', {}, 'Sinks'), sinks, element('h2', {}, 'Sources, since the start'), sources,
        element('h2', {}, 'Journal'), journal);
    const refresh = async () => {
        const [known, text] = await Promise.all([get('/api/v1/sinks', {}, signal), getText('/metrics', signal)]);
        const metrics = readMetrics(text);
        const mebibytes = (name) => `${count(Math.round((metrics[name]?.[0]?.value ?? 0) / 1048576))} MiB`;
        sinks.replaceChildren(sinksTable(known.sinks));
        sources.replaceChildren(sourcesTable(metrics));
        journal.replaceChildren(facts([
            ['Size', mebibytes('chathook_journal_bytes')],
            ['Free on its disk', mebibytes('chathook_disk_free_bytes')],
            ['chathookd', metrics.chathook_build_info?.[0]?.labels.version],
        ]));
    };
    await refresh();
    const timer = setInterval(() => {
        refresh().catch((error) => { if (!signal.aborted) sinks.replaceChildren(notice(error.message, 'problem')); });
    }, refreshEvery);
    signal.addEventListener('abort', () => clearInterval(timer));
}

// How it stands: the sinks and how far they are, the sources and when they last sent something.
import { get, getText, readMetrics } from './api.js';
import { element, link, notice, row, table } from './dom.js';
import { ago, count, sinceThen } from './words.js';

const refreshEvery = 5000;

function sinksTable(sinks, lag) {
    if (sinks.length === 0) return notice('No sink has asked for events yet.');
    const rows = sinks.map((sink) => row([
        sink.configured ? sink.sink : `${sink.sink} (not configured any more)`,
        count(sink.waiting),
        sink.oldest ? element('time', { datetime: sink.oldest, title: sink.oldest }, sinceThen(sink.oldest)) : '',
        sink.dead > 0 ? link(count(sink.dead), `#/dead?sink=${encodeURIComponent(sink.sink)}`, { class: 'bad' }) : '0',
    ], { class: lag.get(sink.sink) > 60 ? 'late' : null }));
    return table(['Sink', 'Waiting', 'Oldest', 'Dead letters'], rows);
}

function sourcesTable(metrics) {
    const of = (name, source) => (metrics[name] ?? []).filter((sample) => sample.labels.source === source);
    const sum = (samples) => samples.reduce((total, sample) => total + sample.value, 0);
    const requests = (metrics.chathook_requests_total ?? []).map((sample) => sample.labels.source).filter(Boolean);
    const events = (metrics.chathook_events_total ?? []).map((sample) => sample.labels.source);
    const sources = [...new Set([...requests, ...events])].sort();
    if (sources.length === 0) return notice('Nothing has been sent yet.');
    const rows = sources.map((source) => {
        const last = of('chathook_source_last_event_seconds', source)[0]?.value;
        const refused = sum(of('chathook_rejections_total', source));
        return row([
            link(source, `#/events?source=${encodeURIComponent(source)}`),
            count(sum(of('chathook_events_total', source))),
            last > 0 ? ago(Date.now() / 1000 - last) : 'none yet',
            count(sum(of('chathook_duplicates_total', source))),
            refused > 0 ? link(count(refused), `#/rejections?source=${encodeURIComponent(source)}`, { class: 'bad' }) : '0',
        ]);
    });
    return table(['Source', 'Events', 'The last one', 'Duplicates', 'Refused'], rows);
}

export const title = 'Overview';

export async function show(main, parameters, signal) {
    const sinks = element('section', {});
    const sources = element('section', {});
    main.append(element('h2', {}, 'Sinks'), sinks, element('h2', {}, 'Sources, since the start'), sources);
    const refresh = async () => {
        const [known, text] = await Promise.all([get('/api/v1/sinks', {}, signal), getText('/metrics', signal)]);
        const metrics = readMetrics(text);
        const lag = new Map((metrics.chathook_sink_lag_seconds ?? []).map((sample) => [sample.labels.sink, sample.value]));
        sinks.replaceChildren(sinksTable(known.sinks, lag));
        sources.replaceChildren(sourcesTable(metrics));
    };
    await refresh();
    const timer = setInterval(() => {
        refresh().catch((error) => { if (!signal.aborted) sinks.replaceChildren(notice(error.message, 'problem')); });
    }, refreshEvery);
    signal.addEventListener('abort', () => clearInterval(timer));
}

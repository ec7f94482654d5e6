// One event: its data, its state at each sink, and what the vendor sent.
import { get } from './api.js';
import { button, element, facts, row, table } from './dom.js';
import { confirmOrder } from './orders.js';
import { moment, person, plural } from './words.js';

export const title = 'Event';

function conversation(event) {
    const messages = event.data?.conversation?.messages ?? [];
    if (messages.length === 0) return [];
    return [element('h2', {}, 'Conversation'), element('ol', { class: 'messages' },
        messages.map((message) => element('li', { class: message.role },
            element('b', {}, message.role ?? 'unknown'), ' ', String(message.text ?? ''))))];
}

// Why the sink has not got it: of a dead letter, and of what was tried in vain and is due.
function whyOf(sink) {
    if (sink.attempts === undefined) return '';
    const attempts = plural(sink.attempts, 'attempt');
    if (sink.next_try === undefined) return `${sink.reason} (${attempts}, ${moment(sink.at)})`;
    return `${sink.reason} (${attempts} since ${moment(sink.at)}; next attempt ${moment(sink.next_try)})`;
}

function sinksTable(found, again) {
    const ask = (sink) => async () => {
        const done = await confirmOrder({
            title: `Deliver to ${sink} once more`,
            verb: 'Deliver again',
            path: '/api/v1/events/replay',
            body: { sink, ids: [found.event.id] },
            tell: () => `${sink} will get this event again, with the id it had.`,
            report: (receipt) => (receipt.due > 0 ? `It is due for ${sink} again.` : `It waits for ${sink} already.`),
        });
        if (done) again();
    };
    const rows = found.sinks.map((sink) => row([
        sink.sink,
        element('span', { class: `fate ${sink.state}` }, sink.state),
        whyOf(sink),
        button('Deliver again', ask(sink.sink)),
    ]));
    return rows.length > 0 ? table(['Sink', 'State', 'Why', 'Actions'], rows) : element('p', {}, 'No route leads it to a sink.');
}

export async function show(main, parameters, signal, name) {
    const found = await get(`/api/v1/events/${encodeURIComponent(name)}`, {}, signal);
    const { event } = found;
    main.append(
        facts([
            ['Type', event.type],
            ['Received', `${moment(event.receivedtime)} (${event.receivedtime})`],
            ['Happened', event.time],
            ['Source', event.sourcename],
            ['Vendor', `${event.vendor}, which calls it ${event.vendortype}`],
            ['Who', person(event)],
            ['Subject', event.subject],
            ['Id', element('code', {}, event.id)],
        ]),
        element('h2', {}, 'Sinks'),
        sinksTable(found, () => dispatchEvent(new HashChangeEvent('hashchange'))),
        ...conversation(event),
        element('h2', {}, 'As JSON'),
        element('pre', { tabindex: '0', 'aria-label': 'The event as JSON' }, JSON.stringify(event, null, 2)));
}

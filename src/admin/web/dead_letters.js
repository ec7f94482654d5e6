// Events that receivers did not accept: retry or discard them.
import { get } from './api.js';
import { button, element, link, notice, row, table } from './dom.js';
import { asked, filterForm, olderButton, pageRows } from './lists.js';
import { confirmOrder } from './orders.js';
import { moment, person, plural } from './words.js';

const filters = [['Sink', 'sink', ''], ['Type', 'type', 'lead.*'], ['Vendor', 'vendor', ''], ['Source', 'source', '']];

export const title = 'Dead letters';

const deeds = {
    retry: {
        verb: 'Try again',
        tell: (planned) => planned.dead_letters > 0
            && `${plural(planned.dead_letters, 'dead letter')} will be delivered again: ${ofSinks(planned)}.`,
        report: (receipt) => `${plural(receipt.due, 'event')} due again.`,
    },
    discard: {
        verb: 'Throw away',
        tell: (planned) => planned.dead_letters > 0
            && `${plural(planned.dead_letters, 'dead letter')} will be thrown away for good: ${ofSinks(planned)}. `
            + 'The events themselves are kept as long as others of their age.',
        report: (receipt) => `${plural(receipt.discarded, 'dead letter')} thrown away.`,
    },
};
const ofSinks = (planned) => planned.sinks
    .map((sink) => `${sink.sink} ${sink.dead_letters}${sink.configured === false ? ' (not configured: left alone)' : ''}`).join(', ');

export async function show(main, parameters, signal) {
    const query = asked(filters, parameters);
    const place = element('section', {});
    const refresh = async () => place.replaceChildren(...await list());
    const act = (deed, body, title) => async () => {
        if (await confirmOrder({ title, path: `/api/v1/dead/${deed}`, body, ...deeds[deed] })) await refresh();
    };

    const letterRow = (letter) => {
        const one = { sink: letter.sink, ids: [letter.event?.id].filter(Boolean) };
        return row([
            element('time', { datetime: letter.at, title: letter.at }, moment(letter.at)),
            letter.event ? link(letter.event.type, `#/events/${letter.sequence}`) : `number ${letter.sequence}, damaged`,
            letter.sink,
            `${letter.reason} (${plural(letter.attempts, 'attempt')})`,
            letter.event ? person(letter.event) : '',
            letter.event && element('div', { class: 'buttons' },
                button('Try again', act('retry', one, 'Try this dead letter again')),
                button('Throw away', act('discard', one, 'Throw this dead letter away'))),
        ], { 'data-place': letter.sequence });
    };

    async function list() {
        const { dead } = await get('/api/v1/dead', { ...query, newest: 1, limit: pageRows }, signal);
        if (dead.length === 0) return [notice('There are no dead letters.')];
        const shown = table(['Given up', 'Event', 'Sink', 'Why', 'Who', 'Actions'], dead.reverse().map(letterRow));
        const older = olderButton(shown, async (before) =>
            (await get('/api/v1/dead', { ...query, before, limit: pageRows }, signal)).dead.map(letterRow),
        { hidden: dead.length < pageRows });
        const those = Object.keys(query).length > 0 ? 'all that fit' : 'all';
        return [element('div', { class: 'bar' },
            button(`Try ${those} again`, act('retry', query, 'Try dead letters again')),
            button(`Throw ${those} away`, act('discard', query, 'Throw dead letters away'))), shown, older];
    }

    main.append(filterForm('dead', filters, parameters), place);
    await refresh();
}

// The events, newest first, and new ones as they come.
import { get, stream } from './api.js';
import { button, element, link, row, table } from './dom.js';
import { asked, filterForm, olderButton, pageRows } from './lists.js';
import { gist, moment, person, plural } from './words.js';

const shownRowsMax = 1000;  // beyond this the oldest are removed from the page
const filters = [['Type', 'type', 'handover.*'], ['Vendor', 'vendor', 'lynn'], ['Source', 'source', '']];

export const title = 'Events';

const eventRow = ({ sequence, event }, isNew) => row([
    element('time', { datetime: event.receivedtime, title: event.receivedtime }, moment(event.receivedtime)),
    link(event.type, `#/events/${sequence}`),
    event.sourcename,
    person(event),
    element('span', { class: 'gist' }, gist(event)),
], { class: isNew ? 'new' : null, 'data-place': sequence });

export async function show(main, parameters, signal) {
    const query = asked(filters, parameters);
    const shown = table(['Received', 'Type', 'Source', 'Who', 'What'], []);
    const body = shown.querySelector('tbody');
    const state = element('p', { class: 'state', role: 'status' });
    let came = 0;
    let live = true;
    const held = [];
    const add = (item) => {
        body.prepend(eventRow(item, true));
        if (body.rows.length <= shownRowsMax) return;
        body.lastElementChild.remove();
        older.hidden = false;
    };
    const tell = (text) => state.replaceChildren(text);
    const pause = button('Pause', () => {
        live = !live;
        pause.textContent = live ? 'Pause' : 'Go on';
        pause.setAttribute('aria-pressed', String(!live));
        if (live) held.splice(0).forEach(add);
        tell(live ? 'New events appear here.' : 'Paused.');
    }, { 'aria-pressed': 'false' });

    const older = olderButton(shown, async (before) => {
        const { events } = await get('/api/v1/events', { ...query, before, limit: pageRows }, signal);
        return events.map((item) => eventRow(item, false));
    });
    main.append(filterForm('events', filters, parameters), element('div', { class: 'bar' }, pause, state), shown, older);

    const { events } = await get('/api/v1/events', { ...query, newest: 1, limit: pageRows }, signal);
    const newest = events.at(-1)?.sequence ?? 0;
    body.append(...events.reverse().map((item) => eventRow(item, false)));
    older.hidden = events.length < pageRows;
    tell(events.length === 0 ? 'No event is kept that fits. New ones appear here.' : 'New events appear here.');
    follow(newest);

    // Not awaited: it continues until the page is left.
    async function follow(after) {
        try {
            for await (const item of stream({ ...query, after }, signal)) {
                after = item.sequence;
                came += 1;
                if (live) add(item);
                else held.push(item);
                if (held.length > shownRowsMax) held.shift();
                tell(live ? `${plural(came, 'new event')} since you opened this page.` : `Paused; ${held.length} wait.`);
            }
            if (!signal.aborted) throw new Error('the stream ended');
        } catch (error) {
            if (signal.aborted) return;
            tell(`${error.message}; trying again.`);
            setTimeout(() => { if (!signal.aborted) follow(after); }, 2000);
        }
    }
}

// Refused requests with their reasons; those kept whole can be retried once the secret is right.
import { get } from './api.js';
import { button, element, facts, link, notice, row, table } from './dom.js';
import { asked, filterForm, olderButton, pageRows } from './lists.js';
import { confirmOrder } from './orders.js';
import { count, moment, plural } from './words.js';

const filters = [['Source', 'source', ''], ['Reason', 'reason', 'wrong_signature']];

export const title = 'Refused';

const retakes = {
    verb: 'Verify again',
    path: '/api/v1/rejections/retry',
    tell: (planned) => planned.kept > 0
        && `${count(planned.kept)} of ${plural(planned.rejections, 'refused request')} ${planned.kept === 1 ? 'was' : 'were'} kept whole. `
        + 'They are verified with the secrets of now, and what proves genuine becomes an event.',
    report: (receipt) => `${plural(receipt.accepted ?? 0, 'event')} taken, ${count(receipt.duplicates ?? 0)} known already, `
        + `${count(receipt.refused ?? 0)} refused again.`,
};

// The head as text; the body only if it is text.
function asText(base64) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    return new TextDecoder().decode(bytes);
}

export async function showOne(main, parameters, signal, number) {
    const found = await get(`/api/v1/rejections/${encodeURIComponent(number)}`, {}, signal);
    main.append(facts([
        ['Received', `${moment(found.received)} (${found.received})`],
        ['Source', found.source || 'none could be named'],
        ['Reason', element('code', {}, found.reason)],
        ['Answered', String(found.status)],
        ['Client', found.client],
        ['Header fields', found.headers],
        ['Body', `${plural(found.body_size, 'byte')}, SHA-256 ${found.body_sha256}`],
    ]));
    if (!found.kept) return main.append(notice('Its content was not kept; the source’s keep_rejected: true does that.'));
    return main.append(
        element('div', { class: 'bar' }, button('Verify again', async () => {
            if (await confirmOrder({ ...retakes, title: 'Verify this request again', body: { numbers: [found.number] } })) {
                location.hash = '#/rejections';
            }
        })),
        element('pre', { tabindex: '0', 'aria-label': 'The request' }, asText(found.request_base64)));
}

export async function show(main, parameters, signal, name) {
    if (name !== undefined) return showOne(main, parameters, signal, name);
    const query = asked(filters, parameters);
    const place = element('section', {});
    main.append(filterForm('rejections', filters, parameters), place);

    const rejectionRow = (found) => row([
        element('time', { datetime: found.received, title: found.received }, moment(found.received)),
        link(found.reason, `#/rejections/${found.number}`),
        found.source,
        String(found.status),
        found.client,
        found.kept ? 'kept whole' : '',
    ], { 'data-place': found.number });

    async function refresh() {
        const { rejections } = await get('/api/v1/rejections', { ...query, newest: 1, limit: pageRows }, signal);
        if (rejections.length === 0) return place.replaceChildren(notice('No refused request is remembered.'));
        const shown = table(['Received', 'Reason', 'Source', 'Answered', 'Client', 'Content'], rejections.reverse().map(rejectionRow));
        const older = olderButton(shown, async (before) =>
            (await get('/api/v1/rejections', { ...query, before, limit: pageRows }, signal)).rejections.map(rejectionRow),
        { hidden: rejections.length < pageRows });
        const retake = button('Verify what was kept again', async () => {
            if (await confirmOrder({ ...retakes, title: 'Verify refused requests again', body: query })) await refresh();
        });
        return place.replaceChildren(element('div', { class: 'bar' }, retake), shown, older);
    }
    return refresh();
}

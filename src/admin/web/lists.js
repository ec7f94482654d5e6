// Shared by lists: the search form, and paging back.
import { button, element, field } from './dom.js';

export const pageRows = 100;

// Fields are a label, the API's name for it, and an example.
export const asked = (fields, parameters) =>
    Object.fromEntries(fields.map(([, name]) => [name, parameters.get(name)]).filter(([, value]) => value));

// A form that puts the search into the address, so that it can be bookmarked and shared.
export function filterForm(page, fields, parameters) {
    const form = element('form', { class: 'filters', role: 'search' },
        fields.map(([label, name, example]) => field(label, name, parameters.get(name), { placeholder: example })),
        element('button', { type: 'submit' }, 'Filter'));
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ''));
        location.hash = query.size > 0 ? `#/${page}?${query}` : `#/${page}`;
    });
    return form;
}

// Appends the page before the last row of `table`: `read` returns the rows before that row's place, oldest
// first.
export function olderButton(table, read, properties = {}) {
    const body = table.querySelector('tbody');
    const older = button('Older', async () => {
        const rows = await read(body.lastElementChild.dataset.place);
        body.append(...rows.reverse());
        older.hidden = rows.length < pageRows;
    }, properties);
    return older;
}

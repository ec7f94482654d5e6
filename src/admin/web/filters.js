// What a list is asked for: fields are a label, the API's name for it, and an example.
import { element, field } from './dom.js';

export const asked = (fields, parameters) =>
    Object.fromEntries(fields.map(([, name]) => [name, parameters.get(name)]).filter(([, value]) => value));

// A form that writes what is looked for into the address, so that it can be kept and sent to somebody.
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

// Creates elements without parsing markup: text from others only ever becomes text, never HTML.

// Properties that begin with "on" are listeners, true is an attribute without a value; false, null and undefined are left out.
export function element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
        if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
        else if (value === true) made.setAttribute(key, '');
        else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
    }
    made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return made;
}

// Errors of its action are shown beside it.
export function button(text, act, properties = {}) {
    const made = element('button', { type: 'button', ...properties }, text);
    made.addEventListener('click', async () => {
        try {
            await act();
        } catch (error) {
            if (error.name !== 'AbortError') made.after(notice(error.message, 'problem'));
        }
    });
    return made;
}

export const link = (text, hash, properties = {}) => element('a', { href: hash, ...properties }, text);
export const notice = (text, kind = 'notice') => element('p', { class: kind, role: kind === 'problem' ? 'alert' : 'status' }, text);

// A table with one heading per column; `rows` are lists of cell contents.
export function table(headings, rows, properties = {}) {
    return element('div', { class: 'scrolls' },
        element('table', properties,
            element('thead', {}, element('tr', {}, headings.map((heading) => element('th', { scope: 'col' }, heading)))),
            element('tbody', {}, rows)));
}

export const row = (cells, properties = {}) => element('tr', properties, cells.map((cell) => element('td', {}, cell)));

// Pairs of a name and a value; those without a value are left out.
export function facts(pairs) {
    return element('dl', {}, pairs.filter(([, value]) => value !== undefined && value !== null && value !== '')
        .map(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
}

export function field(label, name, value, properties = {}) {
    return element('label', {}, label, element('input', { name, value: value ?? '', autocomplete: 'off', spellcheck: 'false', ...properties }));
}

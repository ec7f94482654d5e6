// Selects the page to show, and shows whether chathookd is healthy.
import { Refused, get, keepToken } from './api.js';
import { element, notice } from './dom.js';
import * as dead from './dead_letters.js';
import * as erase from './erase.js';
import * as event from './event.js';
import * as events from './events.js';
import * as overview from './overview.js';
import * as rejections from './rejections.js';

const lookEvery = 5000;
const main = document.getElementById('main');
const health = document.getElementById('health');
let leaving = new AbortController();

// "#/events/7?x=y": the page, its subject, and its parameters.
function route() {
    const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
    const [name, about] = path.split('/');
    const parameters = new URLSearchParams(query ?? '');
    const page = { '': overview, events: about ? event : events, dead, rejections, erase }[name];
    return { page, name, about, parameters };
}

function askForToken() {
    const given = element('input', { name: 'token', type: 'password', autocomplete: 'current-password', required: true });
    const form = element('form', { class: 'token' },
        element('p', {}, 'This chathookd asks for its admin token (admin.token).'),
        element('label', {}, 'Token', given), element('button', { type: 'submit' }, 'Use it'));
    form.addEventListener('submit', (submitted) => {
        submitted.preventDefault();
        keepToken(given.value);
        show();
    });
    main.append(form);
    given.focus();
}

async function show() {
    leaving.abort();
    leaving = new AbortController();
    const { signal } = leaving;
    const { page, name, about, parameters } = route();
    const heading = page?.title ?? 'Nothing is here';
    document.title = `${heading} · chathookd`;
    for (const link of document.querySelectorAll('nav a')) {
        const current = link.getAttribute('href') === `#/${name}`;
        if (current) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
    }
    main.replaceChildren(element('h1', {}, heading));
    try {
        await page?.show(main, parameters, signal, about);
    } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refused && error.status === 401) askForToken();
        else main.append(notice(error.message, 'problem'));
    }
}

async function look() {
    try {
        const { status } = await get('/readyz');
        health.className = 'well';
        health.textContent = status;
    } catch (error) {
        health.className = 'ill';
        health.textContent = error.message;
    }
    setTimeout(look, lookEvery);
}

addEventListener('hashchange', () => {
    show();
    main.focus();
});
show();
look();

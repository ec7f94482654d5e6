// Orders are planned, confirmed and receipted: nothing is done before somebody has read how many items it
// affects.
import { order } from './api.js';
import { button, element, notice } from './dom.js';

const notes = new Set(['after', 'after_rejection', 'more', 'sealed', 'not_reached', 'copies', 'at']);

// Adds one page of an answer to the sums: numbers by name, lists of sinks by sink.
export function addUp(sums, page) {
    for (const [name, value] of Object.entries(page)) {
        if (notes.has(name)) {
            sums[name] = value;
        } else if (typeof value === 'number') {
            sums[name] = (sums[name] ?? 0) + value;
        } else if (Array.isArray(value) && value.every((item) => item?.sink !== undefined)) {
            sums[name] ??= [];
            for (const item of value) {
                const known = sums[name].find((other) => other.sink === item.sink);
                if (known) addUp(known, item);
                else sums[name].push({ ...item });
            }
        } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
            addUp(sums[name] ??= {}, value);
        } else {
            sums[name] = name === 'oldest' ? sums[name] ?? value : value;
        }
    }
    return sums;
}

// Each POST handles one page.
async function toTheEnd(path, body) {
    const sums = {};
    let place = {};
    do {
        const page = await order(path, { ...body, ...place });
        addUp(sums, page);
        place = { after: page.after };
        if (page.after_rejection !== undefined) place.after_rejection = page.after_rejection;
    } while (sums.more);
    return sums;
}

const plan = (path, body) => toTheEnd(path, { ...body, dry_run: true });

// Items that arrive while somebody reads the plan are not included. (An erasure takes all that are there.)
const carryOut = (path, body, planned) =>
    toTheEnd(path, path.endsWith('/erase') ? body : { ...body, up_to: planned.after });

// Shows the plan in the dialog, asks, executes it, and shows the receipt. `tell` describes a plan in words
// and returns nothing if there is nothing to do; `report` describes what was done. Returns whether it was
// begun.
export function confirmOrder({ title, verb, path, body, tell, report }) {
    const dialog = document.getElementById('dialog');
    const say = (content, ...buttons) => {
        dialog.replaceChildren(element('h2', { id: 'dialog-title' }, title), content, element('div', { class: 'buttons' }, buttons));
        (buttons[0] ?? dialog).focus();
    };
    const close = (text = 'Close') => button(text, () => dialog.close());
    const failed = (error) => say(notice(error.message, 'problem'), close());
    let done = false;
    const act = (planned) => async () => {
        done = true;
        say(notice('Working …'));
        try {
            const receipt = await carryOut(path, body, planned);
            say(notice(report(receipt)), close());
        } catch (error) {
            failed(error);
        }
    };
    say(notice('Counting …'));
    dialog.showModal();
    plan(path, body).then((planned) => {
        const words = tell(planned);
        if (!words) return say(notice('There is nothing to do.'), close());
        return say(element('p', {}, words), close('Cancel'), button(verb, act(planned), { class: 'acts' }));
    }).catch(failed);
    return new Promise((resolve) => dialog.addEventListener('close', () => resolve(done), { once: true }));
}

// Erases a person from the journal.
import { element, field, notice } from './dom.js';
import { confirmOrder } from './orders.js';
import { count, plural } from './words.js';

export const title = 'Erase a person';

const told = (sums) => `${plural(sums.events, 'event')}, ${plural(sums.dead_letters, 'dead letter')} and `
    + `${plural(sums.rejections, 'refused request')}`;
const atSink = (sink) => [
    sink.delivered > 0 && ` ${sink.sink} has got ${count(sink.delivered)} of them: erase them there yourself.`,
    sink.under_way > 0 && ` ${sink.sink} was being sent ${count(sink.under_way)} of them and could not be stopped: look for them there.`,
    sink.given_up > 0 && ` ${sink.sink} was tried with ${count(sink.given_up)} of them until they were given up: look for them there.`,
    sink.tried > 0 && ` ${sink.sink} was tried with ${count(sink.tried)} of them before, in vain: look for them there.`,
].filter(Boolean).join('');
const atSinks = (sums) => (sums.sinks ?? []).map(atSink).join('');
const left = (receipt) => (receipt.not_reached ?? []).length === 0 ? '' : ` This holds for all that was answered before ${receipt.at}. `
    + `Not reached: ${receipt.not_reached.map(({ what }) => what).join('; ')}.`;

export function show(main) {
    const form = element('form', { class: 'erase' },
        field('Email address', 'email', '', { type: 'email', placeholder: 'visitor@example.com' }),
        field('or phone number', 'phone', '', { type: 'tel', placeholder: '+1 234 567 890' }),
        element('button', { type: 'submit' }, 'Look for this person'));
    const problem = element('div', {});
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        const given = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
        problem.replaceChildren();
        if (Object.keys(given).length !== 1) return problem.append(notice('Give exactly one of the two.', 'problem'));
        return confirmOrder({
            title: `Erase ${given.email ?? given.phone}`,
            verb: 'Erase for good',
            path: '/api/v1/erase',
            body: given,
            tell: (planned) => planned.found > 0 && `${told(planned)} name this person and will be erased, to the last byte.${atSinks(planned)}`,
            report: (receipt) => `${told(receipt)} erased.${atSinks(receipt)} `
                + (receipt.sealed ? 'No byte of them is left in the journal’s files.'
                    : `Bytes may be left in the journal’s log: ${receipt.unsealed_text ?? 'give the order again'}.`)
                + left(receipt),
        });
    });
    main.append(element('p', {}, 'Every event, dead letter and refused request in which the address or number stands goes, also what is '
        + 'still to be delivered. What sinks have got already stays there.'), form, problem);
}

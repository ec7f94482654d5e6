// Describes times, counts and events in words.

const units = [['second', 60], ['minute', 60], ['hour', 24], ['day', Infinity]];

function relative(seconds, direction) {
    let amount = Math.max(0, seconds);
    for (const [unit, many] of units) {
        if (amount < many) {
            return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(direction * Math.floor(amount), unit);
        }
        amount /= many;
    }
}

// "3 minutes ago", "in 3 minutes"
export const ago = (seconds) => relative(seconds, -1);
export const sinceThen = (text) => ago((Date.now() - Date.parse(text)) / 1000);
export const untilThen = (text) => relative((Date.parse(text) - Date.now()) / 1000, 1);

// The time in the reader's own time zone; text that is not a time is returned unchanged.
export function moment(text) {
    const date = new Date(text);
    if (Number.isNaN(date.getTime())) return text;
    return date.toLocaleString('sv', { dateStyle: 'short', timeStyle: 'medium' });
}

export const count = (number) => Number(number).toLocaleString('en');
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

// The person that an event is about.
export function person(event) {
    const contact = event.data?.contact ?? {};
    const name = contact.name ?? [contact.first_name, contact.last_name].filter(Boolean).join(' ');
    return [name, contact.email ?? contact.phone].filter(Boolean).join(' · ');
}

// The last message, or what is known instead.
export function gist(event) {
    const data = event.data ?? {};
    const said = data.conversation?.messages?.findLast?.((message) => message.text)?.text;
    return String(said ?? data.handover?.message ?? data.lead?.note ?? data.appointment?.note ?? data.lead?.status ?? '');
}

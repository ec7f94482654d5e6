// What a body becomes: one event for every element, {type, vendortype, subject, time, data, identity}.
import { at, isPresent } from './json.mjs';
import { asList } from './rules.mjs';
import { header, parsed } from './signature.mjs';
import { eventTime } from './times.mjs';

const defaultSubject = ['conversation.id', 'lead.id', 'appointment.id', 'ticket.id', 'document.id', 'agent.id', 'bot.id'];
const maximum = { messages: 1000, elements: 1000 };

// What a kind of target takes: texts, and for ids and phone numbers the numbers as written.
const kinds = {
    text: (node) => (node?.kind === 'text' && node.text !== '' ? node.text : undefined),
    id: (node) => (node?.kind === 'number' ? node.source : kinds.text(node)),
    word: (node) => (['number', 'boolean'].includes(node?.kind) ? node.source : kinds.text(node)),
    number: (node) => (node?.kind === 'number' ? Number(node.source) : undefined),
};
const kindOf = (target) => (target === 'conversation.rating' ? kinds.number
    : target.endsWith('.id') || target === 'contact.phone' ? kinds.id : kinds.text);

// The element at the end of `levels` has these texts. Numbers, true and false are compared as they are written.
const isLike = (levels, texts) => Object.entries(texts ?? {}).every(([pointer, text]) => {
    const word = kinds.word(at(levels, pointer));
    return word !== undefined && word === (text.same === undefined ? text : kinds.word(at(levels, text.same)));
});

function evaluate(value, levels, kind, request) {
    if (typeof value === 'string') return kind(at(levels, value));
    if (Array.isArray(value)) {
        for (const one of value) {
            const found = evaluate(one, levels, kind, request);
            if (found !== undefined) return found;
        }
        return undefined;
    }
    if (value.const !== undefined) return value.const;
    if (value.header !== undefined) return header(request, value.header);
    if (value.at !== undefined) {
        const word = evaluate(value.at, levels, kinds.word, request);
        const same = (a, b) => (value.ignore_case ? a.toLowerCase() === b.toLowerCase() : a === b);
        const found = word === undefined ? undefined : Object.keys(value.words).find((one) => same(one, word));
        return found === undefined ? value.else : value.words[found];
    }
    if (value.in !== undefined) {
        const element = (at(levels, value.in)?.items ?? []).find((one) => isLike([...levels, one], value.where));
        return element && kind(at([...levels, element], value.take));
    }
    return value.first.find((shape) => {
        if (shape.is) return isLike(levels, shape.is);
        if (shape.text !== undefined) return kinds.text(at(levels, shape.text)) !== undefined;
        return shape.array === undefined ? isPresent(at(levels, shape.present)) : at(levels, shape.array)?.kind === 'array';
    })?.const;
}

function elementsOf(map, root) {
    const reached = asList(map.each).map((path) => {
        let ends = [[root]];
        for (const pointer of path) ends = ends.flatMap((levels) => (at(levels, pointer)?.items ?? []).map((item) => [...levels, item]));
        return ends;
    });
    // Of a path that another one continues, only those elements count in which the longer one finds nothing.
    const isLeaf = (levels) => !reached.flat().some((other) => other.length > levels.length && levels.every((node, i) => node === other[i]));
    return reached.flat().filter(isLeaf).sort((a, b) => a.at(-1).start - b.at(-1).start);
}

function put(data, target, value) {
    if (value === undefined) return;
    const [object, member] = target.split('.');
    (data[object] ??= {})[member] = value;
}

function messagesOf(list, levels) {
    return asList(list).flatMap(({ each, role, text, resources, most }) => {
        const places = each === undefined ? [levels] : (at(levels, each)?.items ?? []).map((item) => [...levels, item]);
        return places.slice(0, most ?? maximum.messages).map((place) => {
            const found = at(place, resources ?? '');
            return {
                role: evaluate(role, place, kinds.text),
                text: evaluate(text, place, kinds.text),
                resources: resources !== undefined && isPresent(found) ? JSON.parse(found.source) : undefined,
            };
        }).filter((message) => message.text !== undefined || message.resources !== undefined);
    });
}

function answersOf({ each, question, answer }, levels) {
    const answers = (at(levels, each)?.items ?? []).map((item) => [...levels, item]).map((place) => ({
        question: evaluate(question, place, kinds.text), answer: evaluate(answer, place, kinds.text) }));
    const given = answers.filter((one) => one.answer !== undefined);
    return given.length ? given : undefined;
}

// The texts in a body that are the same in every attempt, or `whole` where one of them is absent: the body, and of an element its
// place in the body as well, because two elements must never count as one.
function identityOf(parts, levels, whole, verified, request) {
    const texts = asList(parts).map((part) => {
        if (part === 'id') return verified.id;
        if (part === 'time') return verified.time;
        if (part.header) return header(request, part.header);
        if (part.any) return at(levels, part.any)?.source;
        const node = at(levels, part.text ?? part.id ?? part);
        const fits = part.text ? node?.kind === 'text' : part.id ? ['text', 'number'].includes(node?.kind) : true;
        return node !== undefined && isPresent(node) && fits ? node.source : undefined;
    });
    return texts.length && texts.every((text) => text) ? texts : [whole].flat();
}

// `verified`: what verify() gave. `request` is for the vendors whose word for the event stands in a header.
export function map(file, verified, request) {
    const whole = verified.body.toString();
    const root = parsed(verified.body);
    const { map: how } = file;
    const bare = { type: 'unrecognized', data: {}, identity: identityOf(file.identity, [root], whole, verified, request) };
    if (!how || root === undefined) return [bare];
    const elements = elementsOf(how, root);
    if (how.each === undefined) return [{ ...event(how, [root], request), identity: bare.identity }];
    if (!elements.length || elements.length > maximum.elements) return [bare];
    return elements.map((levels) => ({
        ...event(how, levels, request), identity: identityOf(how.identity, levels, [whole, levels.at(-1).start], verified, request) }));
}

function event(how, levels, request) {
    // A number is a word where one stands under events.
    const hasNumbers = Object.keys(how.events ?? {}).some((word) => /^-?[0-9]+(\.[0-9]+)?$/.test(word));
    const vendortype = evaluate(how.event, levels, hasNumbers ? kinds.id : kinds.text, request);
    const known = Object.hasOwn(how.events ?? {}, vendortype ?? '') ? how.events[vendortype] : undefined;
    // Of a word that is not under events nothing is read but the time.
    const parts = known ? [how, ...asList(known.use).map((name) => how.blocks[name]), known] : [{ time: how.time }];
    const data = {};
    for (const { set } of parts) {
        for (const [target, value] of Object.entries(set ?? {})) {
            put(data, target, target === 'lead.answers' ? answersOf(value, levels) : evaluate(value, levels, kindOf(target)));
        }
    }
    const messages = parts.flatMap((part) => messagesOf(part.messages, levels));
    if (messages.length) put(data, 'conversation.messages', messages);
    const last = (key) => parts.map((part) => part[key]).findLast((one) => one !== undefined);
    const subject = asList(last('subject') ?? defaultSubject);
    const named = subject.map((target) => target.split('.')).map(([object, member]) => data[object]?.[member]);
    const time = last('time') === undefined ? undefined : evaluate(last('time'), levels, (node) => {
        const text = kinds.id(node);
        return text === undefined ? undefined : eventTime(text);
    });
    return { type: known?.becomes ?? 'unrecognized', vendortype, subject: named.find((one) => one !== undefined)?.toString(), time, data };
}

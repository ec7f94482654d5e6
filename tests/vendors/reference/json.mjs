// Reads JSON and keeps, of every value, the text it was written as: ids keep every digit, and identities are source texts.
// A node is {kind, text, source, start, members, items}; of a key that stands twice the last one counts.
const literals = { true: 'boolean', false: 'boolean', null: 'null' };
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const blank = /[ \t\n\r]*/y;

export function readJson(text) {
    let at = text.startsWith('\ufeff') ? 1 : 0;
    const match = (pattern) => {
        pattern.lastIndex = at;
        const found = pattern.exec(text);
        if (found) at = pattern.lastIndex;
        return found?.[0];
    };
    const expect = (character) => {
        match(blank);
        if (text[at] !== character) throw new SyntaxError(`not JSON at ${at}`);
        at += 1;
    };
    const sequence = (open, close, element) => {
        expect(open);
        match(blank);
        if (text[at] === close) return void (at += 1);
        for (;;) {
            element();
            match(blank);
            if (text[at] === ',') at += 1;
            else return expect(close);
        }
    };
    const value = () => {
        match(blank);
        const start = at;
        const node = { start };
        if (text[at] === '{') {
            Object.assign(node, { kind: 'object', members: new Map() });
            sequence('{', '}', () => {
                match(blank);
                const key = match(string);
                if (key === undefined) throw new SyntaxError(`not JSON at ${at}`);
                expect(':');
                node.members.set(JSON.parse(key), value());
            });
        } else if (text[at] === '[') {
            Object.assign(node, { kind: 'array', items: [] });
            sequence('[', ']', () => node.items.push(value()));
        } else if (text[at] === '"') {
            const found = match(string);
            if (found === undefined) throw new SyntaxError(`not JSON at ${at}`);
            Object.assign(node, { kind: 'text', text: JSON.parse(found) });
        } else {
            const word = Object.keys(literals).find((literal) => text.startsWith(literal, at));
            if (word) at += word.length;
            else if (match(number) === undefined) throw new SyntaxError(`not JSON at ${at}`);
            node.kind = word ? literals[word] : 'number';
        }
        node.source = text.slice(start, at);
        return node;
    };
    const root = value();
    match(blank);
    if (at !== text.length) throw new SyntaxError(`not JSON at ${at}`);
    return root;
}

// RFC 6901, from the last of `levels` (the body first, then the elements down to where we are); each `^` goes up by one.
export function at(levels, pointer) {
    const up = /^\^*/.exec(pointer)[0].length;
    let node = levels[levels.length - 1 - up];
    const steps = pointer.slice(up).split('/').slice(1);
    for (const escaped of steps) {
        const step = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
        if (node?.kind === 'object') node = node.members.get(step);
        else if (node?.kind === 'array') node = /^(0|[1-9]\d*)$/.test(step) ? node.items[Number(step)] : undefined;
        else return undefined;
    }
    return node;
}

// Whether something stands there: not null, and no empty text, array or object.
export const isPresent = (node) => node !== undefined && node.kind !== 'null' && node.text !== '' && node.items?.length !== 0
    && node.members?.size !== 0;

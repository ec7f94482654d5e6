// Prints a body as JavaScript does: two answers per body, each '+' and the text or '-' if it is rejected.
// First JSON.stringify(JSON.parse(text)), then JSON.stringify(req.body) in an Express application, where
// body-parser's strict mode rejects everything but objects and arrays and reads an empty text as {}.
import { serve } from '../support/frames.mjs';

const attempt = (text, strict) => {
    if (strict && text.length === 0) return '+{}';
    try {
        const value = JSON.parse(text);
        if (strict && (typeof value !== 'object' || value === null)) return '-';
        return '+' + JSON.stringify(value);
    } catch (error) {
        if (error instanceof SyntaxError) return '-';
        throw error;
    }
};

const decoder = new TextDecoder('utf-8');  // drops one byte order mark, U+FFFD for what is invalid
await serve((bodies) => bodies.flatMap((body) => {
    const text = decoder.decode(body);
    return [Buffer.from(attempt(text, false)), Buffer.from(attempt(text, true))];
}));

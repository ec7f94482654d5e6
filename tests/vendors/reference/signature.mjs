// Whether a request comes from the vendor, and what it is answered. A request is {method, headers, body, query}, body a Buffer;
// headers are {name: text, or a list of texts where it stands more than once}. A source is {secrets, publicUrl, verifyToken,
// tolerance, expect}; `at` is the local clock as a Date.
import crypto from 'node:crypto';

import { decodeKey, fromBase64, fromHex } from './keys.mjs';
import { at as valueAt, readJson } from './json.mjs';
import { asList, isSigned, pieces } from './rules.mjs';
import { duration, microseconds } from './times.mjs';

const refuse = (reason) => ({ accepted: false, reason });

// The one value of a header; absent, empty or twice is undefined.
export function header(request, name) {
    const values = Object.entries(request.headers ?? {}).filter(([key]) => key.toLowerCase() === name.toLowerCase())
        .flatMap(([, value]) => value);
    return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}

export function parsed(body) {
    try {
        return readJson(body.toString());
    } catch {
        return undefined;
    }
}

// k=v, separated by commas, and version,signature, separated by blanks.
const asPairs = (text) => text.split(',').map((pair) => pair.trim()).filter((pair) => pair.includes('='))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
const asEntries = (text) => text.split(' ').filter((entry) => entry.includes(','))
    .map((entry) => [entry.slice(0, entry.indexOf(',')), entry.slice(entry.indexOf(',') + 1)]);

function signaturesIn(verify, text) {
    if ((verify.form ?? 'bare') === 'bare') {
        const prefix = verify.prefix ?? '';
        return text.startsWith(prefix) ? [text.slice(prefix.length)] : [];
    }
    const found = (verify.form === 'pairs' ? asPairs(text) : asEntries(text)).filter(([key]) => key === verify.signature);
    return found.length <= 8 ? found.map(([, value]) => value) : [];
}

// The bytes that the text stands for: in the encoding whose length fits, `length` undefined where any does.
function decoded(encodings, text, length) {
    for (const encoding of encodings) {
        const bytes = encoding === 'hex' ? fromHex(text) : fromBase64(text);
        if (bytes?.length && (length === undefined || bytes.length === length)) return bytes;
    }
    return undefined;
}

// Of equal values of one name Twilio signs one (spec/validation.spec.js of twilio-node).
export function formText(body) {
    const compare = (a, b) => Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])) || Buffer.compare(Buffer.from(a[1]), Buffer.from(b[1]));
    const sorted = [...new URLSearchParams(body.toString())].sort(compare);
    return sorted.filter((pair, index) => index === 0 || compare(pair, sorted[index - 1]) !== 0).flat().join('');
}

function stringified(body) {
    try {
        return Buffer.from(JSON.stringify(JSON.parse(body.toString())));
    } catch {
        return undefined;
    }
}

const isEqual = (a, b) => a.length === b.length && crypto.timingSafeEqual(a, b);

// undefined: the text is no such key.
function publicKey(form, text) {
    const base64 = form === 'pem' ? text.replace(/-----(BEGIN|END) [A-Z ]+-----/g, '').replace(/\s/g, '') : text;
    const bytes = form === 'raw-hex' ? fromHex(text) : fromBase64(base64);
    if (!bytes || (form === 'raw-hex' && bytes.length !== 32)) return undefined;
    const der = form === 'raw-hex' ? Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes]) : bytes;
    try {
        return crypto.createPublicKey({ key: der, format: 'der', type: 'spki' });
    } catch {
        return undefined;
    }
}

const keyTypes = { ed25519: 'ed25519', 'ecdsa-p256-sha256': 'ec', 'rsa-pkcs1-sha256': 'rsa' };

function isSignatureOf(verify, secret, message, signature) {
    const encodings = asList(verify.encoding ?? 'hex');
    if (verify.kind === 'public-key') {
        const bytes = decoded(encodings, signature);
        const key = publicKey(verify.key, secret);
        if (bytes === undefined || key?.asymmetricKeyType !== keyTypes[verify.algorithm]) return false;
        return crypto.verify(verify.algorithm === 'ed25519' ? null : 'sha256', message, key, bytes);
    }
    const key = decodeKey(verify.key ?? 'text', secret);
    if (key === undefined) return false;
    const mac = crypto.createHmac(verify.algorithm ?? 'sha256', key).update(message).digest();
    const bytes = decoded(encodings, signature, mac.length);
    return bytes !== undefined && isEqual(mac, bytes);
}

function verifyToken(file, request, source) {
    const { verify } = file;
    let sent;
    if (verify.pointer !== undefined) {
        const node = valueAt([parsed(request.body)], verify.pointer);
        sent = node?.kind === 'text' && node.text !== '' ? node.text : undefined;
    } else {
        sent = header(request, verify.header);
        const prefix = verify.prefix ?? '';
        sent = sent?.startsWith(prefix) ? sent.slice(prefix.length) : undefined;
    }
    if (!sent) return refuse('no token');
    const bytes = verify.encoding === 'base64' ? fromBase64(sent) : Buffer.from(sent);
    const isRight = bytes !== undefined && source.secrets.some((secret) => isEqual(bytes, Buffer.from(secret)));
    return isRight ? { accepted: true, body: request.body } : refuse('wrong token');
}

// A text, or a number as it is written. A step `*` is every element of an array, which has one at least.
function says(node, pointer, text) {
    const star = `${pointer}/`.indexOf('/*/');
    if (star < 0) {
        const found = valueAt([node], pointer);
        return (found?.kind === 'text' ? found.text : found?.kind === 'number' ? found.source : undefined) === text;
    }
    const array = valueAt([node], pointer.slice(0, star));
    return array?.kind === 'array' && array.items.length > 0 && array.items.every((item) => says(item, pointer.slice(star + 2), text));
}

// {accepted: true, body: the accepted bytes, id, time} or {accepted: false, reason}.
export function verify(file, request, source, at) {
    const { verify: how } = file;
    const result = how.kind === 'token' ? verifyToken(file, request, source) : verifySigned(file, request, source, at);
    if (!result.accepted) return result;
    for (const [pointer, text] of [file.expect, source.expect].flatMap((one) => Object.entries(one ?? {}))) {
        if (!says(parsed(result.body), pointer, String(text))) return refuse(`${pointer} is another`);
    }
    return result;
}

function verifySigned(file, request, source, at) {
    const { verify: how } = file;
    const sent = header(request, how.header);
    if (sent === undefined) return refuse('no signature');
    const signatures = signaturesIn(how, sent);
    if (!signatures.length) return refuse('no signature');

    const { time: clock } = how;
    const readTime = (body) => {
        if (clock.header !== undefined) return header(request, clock.header);
        if (clock.pointer !== undefined) {
            const node = valueAt([parsed(body)], clock.pointer);
            return node?.kind === 'text' ? node.text : node?.kind === 'number' ? node.source : undefined;
        }
        const found = asPairs(sent).filter(([key]) => key === clock.pair);
        return found.length === 1 && found[0][1] !== '' ? found[0][1] : undefined;
    };
    const id = how.id && header(request, how.id.header);
    const bodies = [request.body, ...(asList(how.body).includes('stringified') ? [stringified(request.body)] : [])].filter(Boolean);

    for (const body of bodies) {
        const time = clock && readTime(body);
        const parts = { body, time, id, method: 'POST', url: source.publicUrl };
        if (isSigned(how, 'form')) parts.form = formText(body);
        const message = [];
        for (const piece of pieces(how.text ?? '{body}')) {
            const { name } = piece;
            const part = name === undefined ? piece : name.startsWith('header:') ? header(request, name.slice(7)) : parts[name];
            if (part === undefined || part.length === 0) return refuse(`${name} is absent`);
            message.push(Buffer.from(part));
        }
        const bytes = Buffer.concat(message);
        if (!source.secrets.some((secret) => signatures.some((one) => isSignatureOf(how, secret, bytes, one)))) continue;
        const late = clock && whyLate(how, source, time, at);
        return late ? refuse(late) : { accepted: true, body, id, time };
    }
    return refuse('wrong signature');
}

function whyLate(how, source, time, at) {
    const isTimeSigned = isSigned(how, 'time');
    const tolerance = source.tolerance ?? how.time.tolerance ?? (isTimeSigned ? '5m' : undefined);
    const sent = time === undefined ? undefined : microseconds(time, how.time.unit ?? 'auto');
    if (isTimeSigned && sent === undefined) return 'the time is unreadable';
    if (tolerance === undefined || at === undefined) return undefined;
    if (sent === undefined) return 'no time';
    const distance = BigInt(at.getTime()) * 1000n - sent;
    return (distance < 0n ? -distance : distance) > duration(tolerance) ? 'too early or too late' : undefined;
}

// The first handshake that fits: {status, contentType, body}; undefined where none does. A GET is asked for before verification,
// everything else after it, with the body that was accepted.
export function handshake(file, request, source) {
    const isGet = request.method === 'GET';
    for (const { when, answer } of asList(file.handshake)) {
        if ((when.method === 'GET') !== isGet || !fits(when, request, source)) continue;
        if (answer.accepted) return accepted(file);
        const echo = (value, pattern) => {
            const text = value.query !== undefined ? request.query?.[value.query]
                : value.header !== undefined ? header(request, value.header) : textAt(request, value.pointer);
            return text !== undefined && pattern.test(text) ? text : undefined;
        };
        const one = (value) => {
            if (!value.hmac_hex) return echo(value, /^[!-~]{1,256}$/);
            const text = echo(value.hmac_hex, /^[A-Za-z0-9_-]{1,128}$/);
            const key = decodeKey(file.verify.key ?? 'text', source.secrets[0]);
            return text && crypto.createHmac(file.verify.algorithm ?? 'sha256', key).update(text).digest('hex');
        };
        const texts = Object.entries(answer.json ?? { text: answer.text }).map(([key, value]) => [key, one(value)]);
        if (texts.some(([, text]) => text === undefined)) return undefined;
        if (answer.text) return { status: 200, contentType: 'text/plain', body: texts[0][1] };
        return { status: 200, contentType: 'application/json', body: JSON.stringify(Object.fromEntries(texts)) };
    }
    return undefined;
}

function textAt(request, pointer) {
    const node = valueAt([parsed(request.body)], pointer);
    return node?.kind === 'text' ? node.text : undefined;
}

function fits(when, request, source) {
    for (const [name, expected] of Object.entries(when.query ?? {})) {
        const sent = request.query?.[name];
        const wanted = expected === '$verify_token' ? source.verifyToken : expected;
        if (!wanted || sent === undefined || !isEqual(Buffer.from(sent), Buffer.from(wanted))) return false;
    }
    if (when.header !== undefined && header(request, when.header) === undefined) return false;
    const body = [parsed(request.body)];
    if (asList(when.absent).some((place) => stands(valueAt(body, place)))) return false;
    if (when.pointer === undefined) return true;
    const node = valueAt(body, when.pointer);
    if (when.present) return stands(node);
    return (node?.kind === 'text' ? node.text : node?.kind === 'number' ? node.source : undefined) === when.is;
}

// Something that is neither null nor "".
const stands = (node) => node !== undefined && node.kind !== 'null' && !(node.kind === 'text' && node.text === '');

const answerOf = (given, status, body) => ({
    status: given?.status ?? status, contentType: given?.content_type ?? 'application/json', body: given?.body ?? body });
export const accepted = (file) => answerOf(file.answer?.accepted, 200, '{"status":"success"}');
export const refused = (file) => answerOf(file.answer?.refused, 401, '{"error":"invalid signature"}');

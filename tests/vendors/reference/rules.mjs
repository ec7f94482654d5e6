// Reads the text of a vendor file and says what is wrong with it: {file, errors, warnings}, each {line, rule, text}.
import { createRequire } from 'node:module';
import path from 'node:path';

import { decodeKey } from './keys.mjs';
import { duration } from './times.mjs';

const packages = createRequire(
    process.env.VENDOR_PACKAGES ? path.join(process.env.VENDOR_PACKAGES, 'packages.js') : import.meta.url);
const { LineCounter, isMap, isSeq, parseDocument } = packages('yaml');

const types = ['handover.requested', 'handover.accepted', 'lead.created', 'lead.updated', 'appointment.created',
    'appointment.updated', 'appointment.canceled', 'message.received', 'message.sent', 'conversation.started',
    'conversation.ended', 'agent.created', 'agent.updated', 'document.processed', 'ticket.created', 'transcript.created'];
const members = {
    contact: ['name', 'first_name', 'last_name', 'email', 'phone'], conversation: ['id', 'rating'], bot: ['id', 'name'],
    agent: ['id', 'name'], workspace: ['id'], widget: ['id'], document: ['id'],
    handover: ['channel', 'priority', 'support_email', 'message'],
    lead: ['id', 'status', 'source', 'company_id', 'note', 'source_url', 'answers'],
    appointment: ['id', 'note', 'source_url', 'starts', 'ends', 'status'], ticket: ['id', 'status', 'title', 'note'],
};
const targets = Object.entries(members).flatMap(([object, names]) => names.map((name) => `${object}.${name}`));
const placeholder = /\{(body|time|id|method|url|form|header:[A-Za-z0-9_-]+)\}/g;
const pointer = /^\^*(?:\/(?:[^~/]|~[01])*)*$/;

export const placeholders = (text) => [...text.matchAll(placeholder)].map((found) => found[1]);

// Fixed texts and {name: placeholder}, in their order.
export function pieces(text) {
    const found = [];
    let end = 0;
    for (const match of text.matchAll(placeholder)) {
        if (match.index > end) found.push(text.slice(end, match.index));
        found.push({ name: match[1] });
        end = match.index + match[0].length;
    }
    if (end < text.length) found.push(text.slice(end));
    return found;
}

export const isSigned = (verify, name) => placeholders(verify.text ?? '{body}').includes(name);
const reasons = ['missing_signature', 'repeated_signature', 'malformed_signature', 'wrong_signature', 'stale_timestamp', 'unexpected_account'];
// As {header:NAME}, or as the place of {id} or {time}.
const isSignedHeader = (verify, name) => {
    const isSame = (other) => isText(name) && isText(other) && other.toLowerCase() === name.toLowerCase();
    const written = placeholders(verify.text ?? '{body}').filter((part) => part.startsWith('header:')).map((part) => part.slice(7));
    if (isSigned(verify, 'id')) written.push(verify.id?.header);
    if (isSigned(verify, 'time')) written.push(verify.time?.header);
    return written.some(isSame);
};
export const asList = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const isText = (value) => typeof value === 'string';
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

export function readFile(name, text) {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
    const errors = [];
    const warnings = [];
    const lineOf = (keys) => {
        let node = document.contents;
        let offset = node?.range?.[0] ?? 0;
        for (const key of keys) {
            const pair = isMap(node) ? node.items.find((item) => item.key.value === key) : undefined;
            offset = pair?.key.range?.[0] ?? (isSeq(node) ? node.items[key]?.range?.[0] : undefined) ?? offset;
            node = pair ? pair.value : isSeq(node) ? node.items[key] : undefined;
        }
        return lines.linePos(offset).line;
    };
    const report = {
        error: (keys, text_, rule) => errors.push({ line: lineOf(keys), rule, text: text_ }),
        warning: (keys, text_, rule) => warnings.push({ line: lineOf(keys), rule, text: text_ }),
    };
    for (const error of document.errors) errors.push({ line: lines.linePos(error.pos[0]).line, text: error.message });
    if (!/^[a-z0-9-]{1,40}$/.test(name)) errors.push({ line: 1, text: 'a name has lower case letters, digits and -, up to 40' });
    const file = document.errors.length ? undefined : document.toJS();
    if (isObject(file)) checkFile(file, report);
    else if (!document.errors.length) errors.push({ line: 1, text: 'a vendor file is a mapping' });
    return { file, errors, warnings };
}

function checkKeys(value, keys, allowed, report) {
    if (!isObject(value)) return void report.error(keys, 'is to be a mapping');
    for (const key of Object.keys(value)) {
        if (!allowed.includes(key)) report.error([...keys, key], `${key} is unknown here`);
    }
}

function checkFile(file, report) {
    checkKeys(file, [], ['title', 'docs', 'notes', 'never_repeats_refusals', 'verify', 'identity', 'expect', 'handshake', 'answer',
        'map', 'samples', 'vectors'], report);
    if (!isText(file.title) || file.title === '') report.error(['title'], 'title is required');
    if (asList(file.notes).some((note) => !isText(note))) report.error(['notes'], 'notes are sentences');
    if (!isObject(file.verify)) return void report.error(['verify'], 'verify is required');
    checkVerify(file.verify, report);
    checkIdentity(file.identity, ['identity'], file.verify, report);
    for (const key of Object.keys(file.expect ?? {})) checkPointer(key, ['expect', key], report);
    asList(file.handshake).forEach((entry, index) => checkHandshake(entry, ['handshake', index], file.verify, report));
    checkAnswer(file.answer, report);
    if (file.map !== undefined) checkMap(file.map, file.verify, report);
    asList(file.samples).forEach((sample, index) => {
        checkKeys(sample, ['samples', index], ['name', 'type', 'body'], report);
        const named = asList(sample.type);
        const known = Array.isArray(sample.type) ? [...types, 'unrecognized'] : [...types, 'unrecognized', 'handshake'];
        if (!named.length || !named.every((type) => known.includes(type))) report.error(['samples', index, 'type'], `${sample.type} is no type`);
    });
    asList(file.vectors).forEach((vector, index) => {
        const keys = ['vectors', index];
        checkKeys(vector, keys, ['from', 'secret', 'headers', 'body', 'at', 'accepted', 'reason', 'public_url', 'method', 'path'], report);
        if (!isText(vector.from)) report.error(keys, 'a vector says where it stands');
        const isProvedByHeader = file.verify.pointer === undefined && vector.reason !== 'missing_signature';
        if (vector.headers === undefined ? isProvedByHeader : !isObject(vector.headers)) report.error(keys, 'headers are a mapping');
        if (/^[A-Za-z_]+$/.test(vector.reason ?? '') && !reasons.includes(vector.reason)) report.error(keys, `${vector.reason} is no reason`);
        if ((vector.accepted === false) !== isText(vector.reason)) report.error(keys, 'a vector that is refused says why, others do not');
    });
    if (!asList(file.vectors).length) report.warning([], 'no vector shows that the signature is right', 'C10');
}

function checkVerify(verify, report) {
    const keys = ['verify'];
    const error = (key, text, rule) => report.error(key === undefined ? keys : [...keys, key], text, rule);
    const kind = verify.kind ?? 'hmac';
    const form = verify.form ?? 'bare';
    if (!['hmac', 'token', 'public-key'].includes(kind)) return error('kind', 'kind is hmac, token or public-key');
    if (kind === 'token') {
        for (const key of ['time', 'text', 'body', 'algorithm']) {
            if (verify[key] !== undefined) error(key, `a token has no ${key}`, 'C9');
        }
        checkKeys(verify, keys, ['kind', 'header', 'pointer', 'prefix', 'encoding', 'time', 'text', 'body', 'algorithm'], report);
        if ((verify.header === undefined) === (verify.pointer === undefined)) error('header', 'either header or pointer');
        if (verify.pointer !== undefined) {
            checkPointer(verify.pointer, [...keys, 'pointer'], report);
            if (verify.prefix !== undefined) error('prefix', 'prefix has no effect in a body');
        }
        if (!['text', 'base64'].includes(verify.encoding ?? 'text')) error('encoding', 'encoding is text or base64');
    } else {
        checkKeys(verify, keys, ['kind', 'algorithm', 'key', 'header', 'form', 'prefix', 'signature', 'encoding', 'text', 'body',
            'id', 'time'], report);
        if (!isText(verify.header)) error('header', 'header is required');
        const algorithms = kind === 'hmac' ? ['sha1', 'sha256', 'sha512'] : ['ed25519', 'ecdsa-p256-sha256', 'rsa-pkcs1-sha256'];
        const algorithm = verify.algorithm ?? (kind === 'hmac' ? 'sha256' : undefined);
        if (!algorithms.includes(algorithm)) error('algorithm', `algorithm is one of ${algorithms.join(', ')}`);
        const forms = kind === 'hmac' ? ['text', 'base64', 'hex', 'whsec'] : ['pem', 'spki-base64', 'raw-hex'];
        if (!forms.includes(verify.key ?? (kind === 'hmac' ? 'text' : undefined))) error('key', `key is one of ${forms.join(', ')}`);
        if (verify.key === 'raw-hex' && algorithm !== 'ed25519') error('key', 'raw-hex is for ed25519');
        if (!['bare', 'pairs', 'list'].includes(form)) error('form', 'form is bare, pairs or list');
        if ((form !== 'bare') !== isText(verify.signature)) error('signature', 'pairs and list name their signature, bare has none');
        if (form !== 'bare' && verify.prefix !== undefined) error('prefix', 'prefix is for bare');
        const encodings = asList(verify.encoding ?? 'hex');
        if (!encodings.length || encodings.some((encoding) => !['hex', 'base64'].includes(encoding))) error('encoding', 'encoding is hex or base64');
        const lengthVaries = ['ecdsa-p256-sha256', 'rsa-pkcs1-sha256'].includes(algorithm);
        if (encodings.length > 1 && (lengthVaries || new Set(encodings).size < encodings.length)) {
            error('encoding', 'the lengths of these encodings may meet', 'C4');
        }
        checkText(verify, form, error);
    }
    const names = [verify.header, verify.id?.header, verify.time?.header, ...placeholders(verify.text ?? '')
        .filter((name) => name.startsWith('header:')).map((name) => name.slice(7))];
    for (const name of names) {
        if (isText(name) && name.includes('_')) report.warning(keys, `nginx drops ${name}`, 'C7');
    }
    if (isText(verify.prefix) && /[A-Za-z0-9]$/.test(verify.prefix)) report.warning([...keys, 'prefix'], 'prefix runs into the signature', 'C11');
}

function checkText(verify, form, error) {
    const text = verify.text ?? '{body}';
    const names = placeholders(text);
    const bodies = asList(verify.body ?? 'raw');
    if (text.replaceAll(placeholder, '').match(/[{}]/)) error('text', 'a placeholder is unknown');
    if (!names.includes('body') && !names.includes('form')) error('text', 'the body is not signed', 'C1');
    if (!['raw', 'raw,stringified'].includes(bodies.join())) error('body', 'body is raw or [raw, stringified]');
    if (bodies.includes('stringified') && names.includes('form')) error('body', 'a form has no JSON.stringify', 'C13');
    if (names.includes('id') !== (verify.id !== undefined)) error('id', '{id} and id go together');
    if (verify.id !== undefined && !isText(verify.id?.header)) error('id', 'id is in a header');
    const { time } = verify;
    const isTimeSigned = names.includes('time');
    if (isTimeSigned && time === undefined) error('text', '{time} has no time');
    if (time !== undefined) {
        const places = ['header', 'pair', 'pointer'].filter((place) => time?.[place] !== undefined);
        if (places.length !== 1) error('time', 'time is in a header, a pair or at a pointer');
        for (const key of Object.keys(time ?? {})) {
            if (!['header', 'pair', 'pointer', 'unit', 'tolerance'].includes(key)) error('time', `${key} is unknown here`);
        }
        if (time?.pair !== undefined && form !== 'pairs') error('time', 'pair is for pairs');
        if (!['s', 'ms', 'iso8601', 'auto'].includes(time?.unit ?? 'auto')) error('time', 'unit is s, ms, iso8601 or auto');
        if (time?.tolerance !== undefined && duration(time.tolerance) === undefined) error('time', 'tolerance is a duration, as 5m');
        if (!isTimeSigned && time?.pointer === undefined) {
            if (time?.tolerance !== undefined) error('time', 'tolerance on a time that is not signed', 'C2');
            else error('time', 'time is neither signed nor read');
        }
    }
    const isFixed = (name) => ['method', 'url'].includes(name) || (name === 'time' && ['s', 'ms', 'iso8601'].includes(time?.unit));
    for (const name of ['body', 'form']) {
        if (placeholders(text).filter((one) => one === name).length > 1) error('text', `${name} stands twice`, 'C3');
    }
    pieces(text).forEach((piece, index, all) => {
        const next = all[index + 1];
        if (!piece.name || !next?.name || isFixed(piece.name) || isFixed(next.name)) return;
        error('text', `nothing separates ${piece.name} and ${next.name}`, 'C3');
    });
}

function checkIdentity(identity, keys, verify, report) {
    if (identity === undefined) return;
    if (!Array.isArray(identity) || !identity.length) return void report.error(keys, 'identity is a list');
    identity.forEach((part, index) => {
        const here = [...keys, index];
        if (part === 'id' || part === 'time') {
            if (verify.kind === 'token' || !isSigned(verify, part)) report.error(here, `${part} is not signed`, 'C5');
        } else if (isText(part?.header)) {
            if (verify.kind === 'token' || !isSignedHeader(verify, part.header)) report.error(here, `${part.header} is not signed`, 'C5');
        } else if (isObject(part)) {
            checkKeys(part, here, ['text', 'id', 'any'], report);
            if (Object.keys(part).length !== 1) report.error(here, 'one of text, id and any');
            for (const value of Object.values(part)) checkPointer(value, here, report);
        } else checkPointer(part, here, report);
    });
}

function checkHandshake(entry, keys, verify, report) {
    checkKeys(entry, keys, ['when', 'answer'], report);
    const { when = {}, answer = {} } = entry;
    checkKeys(when, [...keys, 'when'], ['method', 'query', 'pointer', 'is', 'present', 'absent', 'header'], report);
    const isGet = when.method === 'GET';
    if (when.method !== undefined && !isGet) report.error(keys, 'before verification only GET is answered', 'C12');
    if (when.query !== undefined && !isGet) report.error(keys, 'a query is answered to GET only', 'C12');
    if (isGet && !Object.values(when.query ?? {}).includes('$verify_token')) report.error(keys, 'GET is answered with $verify_token only', 'C12');
    if (when.pointer !== undefined) checkPointer(when.pointer, keys, report);
    if (isGet && (when.pointer ?? when.is ?? when.present ?? when.absent ?? when.header) !== undefined) report.error(keys, 'a GET is told by its query alone', 'C12');
    if (when.present !== undefined && when.present !== true) report.error(keys, 'present is true');
    const told = (when.is !== undefined) + (when.present !== undefined);
    if (told !== (when.pointer === undefined ? 0 : 1)) report.error(keys, 'pointer goes with one of is and present');
    if (when.absent !== undefined && (!asList(when.absent).length || asList(when.absent).length > 8)) report.error(keys, 'absent has 1 to 8 pointers');
    for (const place of asList(when.absent)) checkPointer(place, keys, report);
    if (!isGet && when.pointer === undefined && !isSignedHeader(verify, when.header)) {
        report.error(keys, 'a header that is not signed is added by anybody, and events are lost', 'C12');
    }
    const isEcho = (value) => ['query', 'pointer', 'header'].filter((place) => isText(value?.[place])).length === 1;
    const values = answer.json ? Object.values(answer.json) : answer.text ? [answer.text] : [];
    const isAnswer = answer.accepted === true || (values.length && values.every((value) => isEcho(value?.hmac_hex ?? value)));
    if (!isAnswer || Object.keys(answer).length !== 1) report.error([...keys, 'answer'], 'answer is text, json or accepted');
}

function checkAnswer(answer, report) {
    if (answer === undefined) return;
    checkKeys(answer, ['answer'], ['accepted', 'refused'], report);
    for (const [name, value] of Object.entries(answer)) {
        checkKeys(value, ['answer', name], ['status', 'content_type', 'body'], report);
        const isStatus = Number.isInteger(value?.status ?? 200) && (value.status ?? 200) >= 200 && (value.status ?? 200) < 600;
        if (!isStatus) report.error(['answer', name], 'status is a status');
    }
    if ([404, 410].includes(answer.refused?.status)) report.error(['answer', 'refused'], 'vendors take 404 and 410 for a farewell');
}

function checkPointer(value, keys, report) {
    const isGood = isText(value) && pointer.test(value) && Buffer.byteLength(value) <= 256 && value.split('/').length <= 17;
    if (!isGood) report.error(keys, `${value} is no JSON pointer of at most 16 steps and 256 bytes`);
}

function checkMap(map, verify, report) {
    checkKeys(map, ['map'], ['each', 'event', 'time', 'identity', 'subject', 'set', 'messages', 'events', 'blocks', 'look_first'], report);
    let count = 0;
    const onePointer = (value, keys) => {
        count += 1;
        checkPointer(value, keys, report);
    };
    const checkValue = (value, keys, isEvent) => {
        if (isText(value)) return onePointer(value, keys);
        if (Array.isArray(value)) return value.forEach((one, index) => checkValue(one, [...keys, index], isEvent));
        if (!isObject(value)) return report.error(keys, 'is no value');
        const forms = { const: ['const'], at: ['at', 'words', 'else', 'ignore_case'], in: ['in', 'where', 'take'], first: ['first'], header: ['header'] };
        const form = Object.keys(forms).find((key) => value[key] !== undefined);
        if (!form) return report.error(keys, 'is no value');
        checkKeys(value, keys, forms[form], report);
        if (form === 'const' && !isText(value.const)) report.error(keys, 'const is a word');
        if (form === 'at') {
            checkValue(value.at, [...keys, 'at']);
            if (!isObject(value.words)) report.error(keys, 'words are missing');
        }
        if (form === 'in') {
            onePointer(value.in, keys);
            for (const where of Object.keys(value.where ?? {})) onePointer(where, keys);
            onePointer(value.take, keys);
        }
        if (form === 'first') {
            value.first.forEach((shape, index) => {
                const here = [...keys, 'first', index];
                checkKeys(shape, here, ['present', 'text', 'array', 'is', 'const'], report);
                if (!isText(shape.const)) report.error(here, 'const is a word');
                const tests = ['present', 'text', 'array', 'is'].filter((test) => shape[test] !== undefined);
                if (tests.length !== 1) report.error(here, 'present, text, array or is');
                for (const one of tests[0] === 'is' ? Object.keys(shape.is) : [shape[tests[0]]]) onePointer(one, here);
            });
        }
        if (form === 'header') {
            if (!isEvent) report.error(keys, 'a header is for event only');
            else if (!isSignedHeader(verify, value.header)) report.warning(keys, `${value.header} is not signed`);
        }
    };
    const checkMessages = (messages, keys) => asList(messages).forEach((message, index) => {
        const here = [...keys, index];
        checkKeys(message, here, ['each', 'role', 'text', 'resources', 'most'], report);
        if (message.each !== undefined) onePointer(message.each, here);
        if (message.role === undefined || message.text === undefined) report.error(here, 'a message has role and text');
        else for (const key of ['role', 'text']) checkValue(message[key], [...here, key]);
        if (message.resources !== undefined) onePointer(message.resources, here);
    });
    const checkPart = (part, keys, also) => {
        checkKeys(part, keys, ['set', 'messages', 'subject', 'time', ...also], report);
        if (part?.time !== undefined) checkValue(part.time, [...keys, 'time']);
        for (const [target, value] of Object.entries(part?.set ?? {})) {
            const here = [...keys, 'set', target];
            if (!targets.includes(target)) report.error(here, `${target} is unknown`);
            if (target !== 'lead.answers') checkValue(value, here);
            else {
                checkKeys(value, here, ['each', 'question', 'answer'], report);
                onePointer(value.each, here);
                for (const key of ['question', 'answer']) checkValue(value[key], [...here, key]);
            }
        }
        for (const target of asList(part?.subject)) {
            if (!targets.includes(target)) report.error([...keys, 'subject'], `${target} is unknown`);
        }
        checkMessages(part?.messages, [...keys, 'messages']);
    };
    asList(map.each).forEach((path_, index) => {
        if (!Array.isArray(path_)) report.error(['map', 'each', index], 'a path is a list of pointers');
        else path_.forEach((one) => onePointer(one, ['map', 'each', index]));
    });
    if (map.event === undefined) report.error(['map'], 'event is required');
    else checkValue(map.event, ['map', 'event'], true);
    if (map.time !== undefined) checkValue(map.time, ['map', 'time']);
    if (map.identity !== undefined && map.each === undefined) report.error(['map', 'identity'], 'identity stands here beside each only');
    asList(map.look_first).forEach((one, index) => onePointer(one, ['map', 'look_first', index]));
    checkIdentity(map.identity, ['map', 'identity'], verify, report);
    checkPart({ set: map.set, messages: map.messages, subject: map.subject }, ['map'], []);
    for (const [name, block] of Object.entries(map.blocks ?? {})) checkPart(block, ['map', 'blocks', name], []);
    const used = new Set();
    for (const [word, event] of Object.entries(map.events ?? {})) {
        const here = ['map', 'events', word];
        checkPart(event, here, ['becomes', 'use']);
        if (!types.includes(event?.becomes)) report.error(here, `${event?.becomes} is no type`);
        for (const name of asList(event?.use)) {
            used.add(name);
            if (map.blocks?.[name] === undefined) report.error(here, `there is no block ${name}`);
        }
    }
    for (const name of Object.keys(map.blocks ?? {})) {
        if (!used.has(name)) report.error(['map', 'blocks', name], 'no event uses this block');
    }
    if (count > 64) report.error(['map'], `${count} pointers, 64 are allowed`);
}

// What is wrong with a source that uses this file: its secrets and its address.
export function checkSource(file, { secrets = [], publicUrl }) {
    const errors = [];
    const { verify } = file;
    for (const secret of secrets) {
        if ((verify.kind ?? 'hmac') === 'hmac' && decodeKey(verify.key ?? 'text', secret) === undefined) {
            errors.push({ rule: 'C6', text: 'the secret does not decode, or is shorter than 16 bytes' });
        }
    }
    if (verify.text !== undefined && isSigned(verify, 'url') && !publicUrl) errors.push({ rule: 'C8', text: 'public_url is missing' });
    return errors;
}

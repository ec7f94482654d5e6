// How texts become bytes: strictly, so that no two texts mean the same bytes and no text means fewer than it should.
export function fromHex(text) {
    return text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text) ? Buffer.from(text, 'hex') : undefined;
}

export function fromBase64(text) {
    const bytes = Buffer.from(text, 'base64');
    return bytes.toString('base64') === text ? bytes : undefined;
}

// undefined: the secret does not decode, or to fewer than 16 bytes.
export function decodeKey(form, secret) {
    if (form === 'text') return secret === '' ? undefined : Buffer.from(secret);
    const bytes = form === 'hex' ? fromHex(secret) : fromBase64(form === 'whsec' ? secret.replace(/^whsec_/, '') : secret);
    return bytes && bytes.length >= 16 ? bytes : undefined;
}

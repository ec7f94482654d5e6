// Node's own key pairs and signatures: for each message of the list it answers the public key as PEM, as SPKI in
// base64 and (Ed25519) as hex, and the signature in base64, for [kind, message] pairs. A kind has one key pair.
import { generateKeyPairSync, sign } from 'node:crypto';
import { serve } from '../support/frames.mjs';

const pairs = {
    ed25519: generateKeyPairSync('ed25519'),
    p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    'short-rsa': generateKeyPairSync('rsa', { modulusLength: 1024 }),
};

await serve((fields) => {
    const answers = [];
    for (let i = 0; i < fields.length; i += 2) {
        const kind = fields[i].toString();
        const { publicKey, privateKey } = pairs[kind];
        const spki = publicKey.export({ type: 'spki', format: 'der' });
        const signature = sign(kind === 'ed25519' ? null : 'sha256', fields[i + 1], privateKey);
        const pem = publicKey.export({ type: 'spki', format: 'pem' });
        const raw = spki.subarray(spki.length - 32).toString('hex');
        answers.push(...[pem, spki.toString('base64'), raw, signature.toString('base64')].map((text) => Buffer.from(text)));
    }
    return answers;
});

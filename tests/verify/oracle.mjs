// Node's own HMAC of [algorithm, secret, message] triples: for each the MAC in hex and in base64.
import { createHmac } from 'node:crypto';
import { serve } from '../support/frames.mjs';

await serve((fields) => {
    const answers = [];
    for (let i = 0; i < fields.length; i += 3) {
        const hmac = () => createHmac(fields[i].toString(), fields[i + 1]).update(fields[i + 2]);
        answers.push(Buffer.from(hmac().digest('hex')), Buffer.from(hmac().digest('base64')));
    }
    return answers;
});

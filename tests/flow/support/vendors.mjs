// The five senders, which sign like the sample code on each vendor's own page, with Node's crypto and no code
// of chathookd. `stringified`: this vendor's code signs JSON.stringify of the parsed body instead of the
// bytes.
import { createHmac } from 'node:crypto';

const hmac = (algorithm, secret, text, encoding = 'hex') =>
    createHmac(algorithm, secret).update(text).digest(encoding);
const restringify = (body) => JSON.stringify(JSON.parse(body));
const json = 'application/json';
const success = { status: 200, type: json, body: '{"status":"success"}' };
const ok = { status: 200, type: 'text/plain', body: 'OK' };

export const vendors = {
    lynn: {
        header: 'x-lynn-hmac-sha256',
        secret: 'lynn-handover-secret-5d1f',
        stringified: false,
        sign: (body, secret) => ({ 'x-lynn-hmac-sha256': hmac('sha256', secret, body) }),
        accepted: success,
        refusedStatus: 401,
    },
    chatbase: {
        header: 'x-chatbase-signature',
        secret: 'chatbase-secret-key-8e24',
        stringified: true, // the page's Express sample; its Next.js sample signs the raw body
        sign: (body, secret) => ({ 'x-chatbase-signature': hmac('sha1', secret, restringify(body)) }),
        accepted: ok,
        refusedStatus: 400,
        refusedBody: '{"message":"Signature didn\'t match"}',
    },
    newoaks: {
        header: 'x-webhook-signature',
        secret: 'newoaks-sign-key-b07c6a',
        stringified: true,
        sign: (body, secret, t = String(Math.floor(Date.now() / 1000))) => ({
            'X-Webhook-Signature': `t=${t},v1=${hmac('sha256', secret, `${t}.${restringify(body)}`)}`,
        }),
        accepted: success,
        refusedStatus: 401,
    },
    knowrithm: {
        header: 'x-knowrithm-signature',
        secret: 'knowrithm-signing-secret-41aa',
        stringified: false,
        sign: (body, secret) => ({ 'X-Knowrithm-Signature': `sha256=${hmac('sha256', secret, body)}` }),
        accepted: success,
        refusedStatus: 403,
    },
    wonderchat: {
        header: 'x-wonderchat-signature',
        secret: 'wonderchat-secret-key-77e0',
        stringified: true,
        sign: (body, secret) => ({
            'X-Wonderchat-Signature': hmac('sha256', secret, restringify(body)),
            'X-Wonderchat-Timestamp': new Date().toISOString(),
        }),
        accepted: ok,
        refusedStatus: 401,
    },
};

export { hmac };

// The headers of a genuine request for `vendor`, by default with its usual secret.
export function signed(vendor, body, secret = vendors[vendor].secret, ...rest) {
    return { 'content-type': json, ...vendors[vendor].sign(body, secret, ...rest) };
}

// A small lynn body that differs for every `conversation`, so that each is a new event.
export function lynnBody(conversation, extra = {}) {
    return JSON.stringify({
        conversationId: conversation,
        workspaceId: '04JchTJQCSG4GyYobqi1',
        widgetId: null,
        messages: [{ text: 'Hi', senderRole: 'human' }],
        createdAt: '2023-11-23T07:48:23.119Z',
        updatedAt: '2023-11-23T07:48:59.400Z',
        contactEmail: 'visitor@example.com',
        customMetadata: null,
        ...extra,
    });
}

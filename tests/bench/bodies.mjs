// What the load sends: one webhook a kind, in which the first run of @ stands for the event's number. `signed` is
// the text that is signed, where it is not the body.
import fs from 'node:fs';
import path from 'node:path';

import { vendors } from '../flow/support/vendors.mjs';

const number = '@'.repeat(14);

// Of exactly `bytes` bytes.
function lynn(bytes) {
    const withText = (text) =>
        JSON.stringify({
            conversationId: `bench-${number}`,
            workspaceId: '04JchTJQCSG4GyYobqi1',
            widgetId: null,
            messages: [{ text, senderRole: 'human' }],
            createdAt: '2023-11-23T07:48:23.119Z',
            updatedAt: '2023-11-23T07:48:59.400Z',
            contactEmail: 'visitor@example.com',
            customMetadata: null,
        });
    const fixed = withText('').length;
    if (bytes < fixed) throw new Error(`a body has at least ${fixed} bytes`);
    return { body: withText('x'.repeat(bytes - fixed)) };
}

// Signed in its JSON.stringify form and sent with blanks between its tokens.
function wonderchat(bytes) {
    const event = (text) => ({
        event: 'USER_MESSAGE_SENT',
        timestamp: '2023-10-15T14:35:00.000Z',
        data: {
            chatbotId: 'clm0987654321fedcba',
            chatbotName: 'Customer Support Bot',
            userMessage: `What are your business hours? ${number}`,
            chatbotResponse: text,
            chatlogId: 'clm1234567890abcdef',
            phoneNumber: '+1234567890',
            name: 'John Doe',
        },
    });
    const text = 'x'.repeat(Math.max(bytes - JSON.stringify(event(''), null, 1).length, 0));
    return { body: JSON.stringify(event(text), null, 1), signed: JSON.stringify(event(text)) };
}

const kinds = { lynn, wonderchat };

// Writes the files and answers the load generator's arguments for them.
export function loadArguments(directory, { vendor, bytes, forged }) {
    const texts = kinds[vendor](bytes);
    const files = Object.entries(texts).map(([name, text]) => {
        const file = path.join(directory, `${vendor}-${bytes}.${name}`);
        fs.writeFileSync(file, text);
        return `${name}=${file}`;
    });
    const { header, secret, refusedStatus } = vendors[vendor];
    return [
        `path=/webhooks/${vendor}`,
        `header=${header}`,
        `secret=${forged ? 'not-the-secret-at-all' : secret}`,
        `status=${forged ? refusedStatus : 200}`,
        ...files,
    ];
}

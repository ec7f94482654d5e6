// The vendor-neutral fields of events made from the bodies on the vendors' own pages.
import assert from 'node:assert/strict';
import test from 'node:test';

import { Daemon } from './support/daemon.mjs';
import { lynnBody } from './support/vendors.mjs';

const handover = lynnBody('clP5fVfvHISpzpLkJub2', {
    messages: [
        { text: 'Hi', senderRole: 'human' },
        { resources: [], text: 'Hello!', senderRole: 'lynn' },
    ],
});
const lead = JSON.stringify({
    SerialNumber: '59001dd73709417321c58b11693183a2',
    Type: 'Lead',
    FirstName: 'David',
    LastName: 'Garcia',
    Email: 'test@qq.com',
    PhoneNumber: '',
    CreateTime: '2023-11-23T18:36:21.512302Z',
    Content: 'test',
    SessionID: 31305,
    URI: 'www.google.com',
});
const escalation = JSON.stringify({
    event: 'HUMAN_HANDOVER',
    timestamp: '2023-10-15T14:40:00.000Z',
    data: {
        chatlogId: 'clm1234567890abcdef',
        chatbotId: 'clm0987654321fedcba',
        chatbotName: 'Customer Support Bot',
        userMessage: 'I need to speak with a human about my complex issue',
        email: 'john@example.com',
        name: 'John Doe',
        phoneNumber: null,
        supportEmail: 'support@example.com',
        escalationType: 'EMAIL',
        priority: 'HIGH',
    },
});

async function sent(t, vendor, body) {
    const daemon = await Daemon.start(t);
    assert.equal((await daemon.send(vendor, body)).status, 200);
    const [event] = await daemon.eventually(1);
    const { original, ...data } = event.data;
    assert.deepEqual(original, JSON.parse(body));
    return { event, data };
}

test("lynn's handover becomes handover.requested with the conversation and the contact", async (t) => {
    const { event, data } = await sent(t, 'lynn', handover);
    assert.equal(event.type, 'handover.requested');
    assert.equal(event.subject, 'clP5fVfvHISpzpLkJub2');
    assert.equal(Date.parse(event.time), Date.parse('2023-11-23T07:48:59.400Z'));
    assert.deepEqual(data, {
        contact: { email: 'visitor@example.com' },
        conversation: {
            id: 'clP5fVfvHISpzpLkJub2',
            messages: [
                { role: 'user', text: 'Hi' },
                { role: 'bot', text: 'Hello!' },
            ],
        },
        workspace: { id: '04JchTJQCSG4GyYobqi1' },
        handover: { channel: 'webhook' },
    });
});

test("newoaks' lead becomes lead.created, with ids as text and without empty values", async (t) => {
    const { event, data } = await sent(t, 'newoaks', lead);
    assert.equal(event.type, 'lead.created');
    assert.equal(event.vendortype, 'Lead');
    assert.equal(Date.parse(event.time), Date.parse('2023-11-23T18:36:21.512Z'));
    assert.equal(data.contact.first_name, 'David');
    assert.equal(data.contact.last_name, 'Garcia');
    assert.equal(data.contact.email, 'test@qq.com');
    assert.equal('phone' in data.contact, false);
    assert.equal(data.conversation.id, '31305');
    assert.equal(data.bot.id, '59001dd73709417321c58b11693183a2');
    assert.equal(data.lead.note, 'test');
    assert.equal(data.lead.source_url, 'www.google.com');
});

test("wonderchat's e-mail handover has channel, priority and the support address", async (t) => {
    const { event, data } = await sent(t, 'wonderchat', escalation);
    assert.equal(event.type, 'handover.requested');
    assert.equal(event.vendortype, 'HUMAN_HANDOVER');
    assert.equal(data.handover.channel, 'email');
    assert.equal(data.handover.priority, 'high');
    assert.equal(data.handover.support_email, 'support@example.com');
    assert.deepEqual(data.contact, { name: 'John Doe', email: 'john@example.com' });
    assert.deepEqual(data.bot, { id: 'clm0987654321fedcba', name: 'Customer Support Bot' });
});

test('a signed body of undocumented shape arrives whole as unrecognized', async (t) => {
    const { event, data } = await sent(t, 'knowrithm', '{"event":"agent.retired","data":{"id":7}}');
    assert.equal(event.type, 'unrecognized');
    assert.equal(event.vendortype, 'agent.retired');
    assert.equal(data.contact, undefined);
});

test('a signed body that is not JSON arrives byte for byte', async (t) => {
    const daemon = await Daemon.start(t);
    const bytes = Buffer.from([0x68, 0x69, 0x0d, 0x0a, 0x00, 0xff, 0xfe]);
    assert.equal((await daemon.send('lynn', bytes)).status, 200);
    const [event] = await daemon.eventually(1);
    assert.equal(event.type, 'unrecognized');
    assert.equal(event.data.original, undefined);
    assert.deepEqual(Buffer.from(event.data.original_base64, 'base64'), bytes);
});

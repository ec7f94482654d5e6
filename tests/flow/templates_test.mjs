// payload: template in practice: the examples of config/examples, with their sinks pointed at a real
// receiver.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Daemon, chathookd, configuration, repository, temporaryDirectory } from './support/daemon.mjs';
import { Receiver } from './support/receiver.mjs';
import { sampleBody } from './support/samples.mjs';
import { undo } from './support/undo.mjs';
import { until } from './support/wait.mjs';
import { lynnBody, signed, vendors } from './support/vendors.mjs';

const example = (name) => fs.readFileSync(path.join(repository, 'config/examples', `${name}.yaml`), 'utf8');

// The usual server settings with the example's sources, sinks and routes, and secrets where the example
// expects them.
async function running(t, name) {
    const directory = temporaryDirectory(t);
    const credentials = path.join(directory, 'credentials');
    fs.mkdirSync(credentials, { mode: 0o700 });
    const secrets = Object.entries(vendors).map(([vendor, { secret }]) => [vendor, secret]);
    for (const [credential, secret] of [...secrets, ['crm-token', 'Bearer crm-token-0123456789'], ['helpdesk-token', 'Bearer t']]) {
        fs.writeFileSync(path.join(credentials, credential), secret, { mode: 0o600 });
    }
    const before = process.env.CREDENTIALS_DIRECTORY;
    process.env.CREDENTIALS_DIRECTORY = credentials;
    undo(t, () => {
        if (before === undefined) delete process.env.CREDENTIALS_DIRECTORY;
        else process.env.CREDENTIALS_DIRECTORY = before;
    });

    const receiver = await Receiver.start(t);
    const { server, admin, journal, log } = configuration(directory);
    const head = Object.entries({ server, admin, journal, log }).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
    const text = head.join('') + example(name)
        .replace(/url: ".*"/, `url: "${receiver.url}"`)
        .replace('/var/log/chathook', directory);
    const daemon = new Daemon(directory, configuration(directory));
    fs.writeFileSync(daemon.configFile, text);
    undo(t, () => daemon.end());
    await daemon.run();
    const got = async (count) => {
        await until(`${count} requests`, () => receiver.requests.length >= count);
        return receiver.requests.map(({ body }) => JSON.parse(body));
    };
    return { daemon, receiver, got };
}

for (const name of ['slack-message', 'crm-lead', 'ticket']) {
    test(`the example ${name} passes check without a warning`, (t) => {
        const directory = temporaryDirectory(t);
        for (const credential of [...Object.keys(vendors), 'crm-token', 'helpdesk-token']) {
            fs.writeFileSync(path.join(directory, credential), `sixteen-bytes-or-more-${credential}`, { mode: 0o600 });
        }
        const text = fs.readFileSync(path.join(repository, 'config/examples', `${name}.yaml`), 'utf8');
        const file = path.join(directory, 'chathook.yaml');
        fs.writeFileSync(file, text.replace('/var/log/chathook', directory));
        const done = chathookd(['check', '--config', file], { env: { CREDENTIALS_DIRECTORY: directory } });
        assert.equal(done.code, 0, done.err);
        assert.doesNotMatch(done.out + done.err, /warning/);
    });
}

test('a handover is a message in Slack, and the words of the visitor cannot break out of its text', async (t) => {
    const { daemon, got } = await running(t, 'slack-message');
    const evil = '"}},{"type":"header"} <!channel> {{id}} \\ \u2028';
    const body = lynnBody('c-1', { messages: [{ text: evil, senderRole: 'human' }, { text: 'Hello', senderRole: 'lynn' }] });
    assert.equal((await daemon.send('lynn', body)).status, 200);
    const [message] = await got(1);
    assert.equal(message.text, 'handover.requested at lynn');
    assert.equal(message.blocks.length, 2);
    assert.deepEqual(message.blocks[0].text, { type: 'plain_text', text: 'handover.requested at lynn' });
    assert.equal(message.blocks[1].text.type, 'plain_text');
    const lines = message.blocks[1].text.text.split('\n');
    assert.equal(lines[0].trim(), 'visitor@example.com');
    assert.equal(lines[1], `user: ${evil}`);
    assert.equal(lines[2], 'bot: Hello');
    assert.match(lines[3], /^Event 0[0-9a-f-]{35}$/);
    assert.equal(lines.length, 4);
});

test('a lead is an object in the CRM, without absent values', async (t) => {
    const { daemon, receiver, got } = await running(t, 'crm-lead');
    const lead = JSON.parse(sampleBody('newoaks', 'Lead'));
    Object.assign(lead, { FirstName: 'Ada "the first"', LastName: 'Lovelace', Email: 'ada@example.com', PhoneNumber: '' });
    const body = JSON.stringify(lead);
    assert.equal((await daemon.send('newoaks', body)).status, 200);
    const [object] = await got(1);
    assert.deepEqual(object.properties, {
        firstname: 'Ada "the first"', lastname: 'Lovelace', email: 'ada@example.com', note: lead.Content,
    });
    assert.equal(object.origin.vendor, 'newoaks');
    assert.equal(object.origin.channel, 'chatbot');
    assert.equal(object.subscribed, false);
    assert.deepEqual(object.tags, ['chatbot', 'newoaks']);
    const [{ headers }] = receiver.requests;
    assert.equal(object.external_id, headers['webhook-id']);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers.authorization, 'Bearer crm-token-0123456789');
});

test('a request for a person is a ticket with the conversation, and with a priority if there is one', async (t) => {
    const { daemon, got } = await running(t, 'ticket');
    const body = lynnBody('c-1', { messages: [{ text: 'Hi', senderRole: 'human' }, { text: 'Yes?', senderRole: 'lynn' }] });
    assert.equal((await daemon.send('lynn', body)).status, 200);
    const [{ ticket: fromLynn }] = await got(1);
    assert.equal(fromLynn.subject, 'visitor@example.com asks for a person');
    assert.deepEqual(fromLynn.requester, { email: 'visitor@example.com' });
    assert.equal('priority' in fromLynn, false);
    assert.equal(fromLynn.comment.body, 'user: Hi\nbot: Yes?\n');
    assert.deepEqual(fromLynn.tags, ['chatbot', 'lynn', 'webhook']);

    const escalation = sampleBody('wonderchat', 'HUMAN_HANDOVER');
    const { name, email, userMessage, priority } = JSON.parse(escalation).data;
    assert.equal((await daemon.send('wonderchat', escalation)).status, 200);
    const { ticket } = (await got(2))[1];
    assert.equal(ticket.subject, `${name ?? email} asks for a person`);
    assert.equal(ticket.priority, priority.toLowerCase());
    assert.equal(ticket.comment.body.split('\n')[0], userMessage);
});

test('check names the line of an invalid template', (t) => {
    const directory = temporaryDirectory(t);
    const config = configuration(directory);
    const head = Object.entries({ sources: config.sources, journal: config.journal }).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
    const file = path.join(directory, 'chathook.yaml');
    const checked = (leaf) => {
        fs.writeFileSync(file, `${head.join('')}sinks:
  crm:
    type: http
    url: https://crm.example/
    payload: template
    template:
      fixed: 1
      inner:
        - ok
        - text: ${leaf}
routes: [{to: [crm]}]
`);
        return chathookd(['check', '--config', file]);
    };
    assert.equal(checked('"{{id}}"').code, 0);
    const refused = checked('"{{#data}} no end"');
    assert.equal(refused.code, 78);
    assert.match(refused.out + refused.err, /chathook\.yaml:12: sinks\.crm\.template: \{\{#data\}\} is not closed/);
    const unquoted = checked('{{id}}');
    assert.equal(unquoted.code, 78);
    assert.match(unquoted.out + unquoted.err, /chathook\.yaml:12: /);
});

test('a signed header contains nothing from a sender: an event changes only the body', async (t) => {
    const { daemon, receiver, got } = await running(t, 'ticket');
    const evil = 'x\r\nX-Evil: 1';
    const body = lynnBody(evil, { contactEmail: evil });
    assert.equal((await daemon.send('lynn', body, { headers: signed('lynn', body) })).status, 200);
    await got(1);
    const [{ headers }] = receiver.requests;
    assert.equal(headers['x-evil'], undefined);
    assert.equal(JSON.parse(receiver.requests[0].body).ticket.requester.email, evil);
});

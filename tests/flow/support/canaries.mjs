// Unique words in place of secrets and personal data, so that finding one shows a leak and its origin.
import { createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { sampleBody } from './samples.mjs';
import { signed, vendors } from './vendors.mjs';

const word = () => randomBytes(12).toString('hex');
const digits = () => String(randomBytes(6).readUIntBE(0, 6)).padStart(15, '7').slice(0, 13);

const samples = {
    lynn: 'handover',
    chatbase: 'leads.submit',
    newoaks: 'Lead',
    knowrithm: 'lead.created',
    wonderchat: 'LIVE_CHAT_INITIATED',
};

export class Canaries {
    secrets = {}; // by vendor
    people = {}; // by vendor: {email, phone, words}
    adminToken = `admin-${word()}`;
    sinkToken = `sink-${word()}`;
    sinkKey = `signing-${word()}`;
    macs = new Set(); // right ones, of bodies that were sent with another

    constructor(directory) {
        this.directory = directory;
        for (const vendor of Object.keys(vendors)) {
            this.secrets[vendor] = `${vendor}-${word()}`;
            this.people[vendor] = {
                email: `canary.${word()}@private.example`,
                phone: `+${digits()}`,
                words: `my diagnosis is ${word()}`,
            };
            fs.writeFileSync(this.file(vendor), `${this.secrets[vendor]}\n`, { mode: 0o600 });
        }
        for (const name of ['adminToken', 'sinkToken', 'sinkKey']) {
            fs.writeFileSync(this.file(name), this[name], { mode: 0o600 });
        }
    }

    file(name) {
        return path.join(this.directory, `secret-${name}`);
    }

    // Sections of a configuration in which every secret is in a file.
    sections(receiver) {
        const sources = Object.keys(vendors).map((vendor) => [
            vendor,
            { vendor, path: `/webhooks/${vendor}`, secret: { file: this.file(vendor) } },
        ]);
        return {
            admin: {
                listen: `unix:${path.join(this.directory, 'admin.sock')}`,
                token: { file: this.file('adminToken') },
            },
            sources: Object.fromEntries(sources),
            sinks: {
                events: { type: 'file', path: path.join(this.directory, 'events.jsonl') },
                crm: {
                    type: 'http',
                    url: receiver.url,
                    allow_private: true,
                    retry: { initial: '10ms', max: '20ms', max_age: '1s' },
                    headers: { Authorization: { file: this.file('sinkToken') } },
                    sign: { standard_webhooks: { file: this.file('sinkKey') } },
                },
            },
            routes: [{ to: ['events', 'crm'] }],
        };
    }

    // A sample body of the vendor with the canaries of its person, and `extra`.
    body(vendor, extra = {}) {
        const { email, phone, words } = this.people[vendor];
        const body = JSON.parse(sampleBody(vendor, samples[vendor]), (key, value) => {
            if (/^(contactEmail|customerEmail|Email|email)$/.test(key)) return email;
            if (/phone/i.test(key)) return phone;
            return /^(text|Content|notes|userMessage)$/.test(key) ? words : value;
        });
        return JSON.stringify({ ...body, ...extra });
    }

    signed(vendor, body, secret = this.secrets[vendor]) {
        return signed(vendor, body, secret);
    }

    // The headers of a forgery; records the MAC that would have been valid.
    forged(vendor, body) {
        const right = Object.values(vendors[vendor].sign(body, this.secrets[vendor]))[0];
        this.macs.add(/[0-9a-f]{40,}$/.exec(right)[0]);
        return signed(vendor, body, `not-${word()}`);
    }

    // All keys, which only the code that reads the configuration may know.
    get keys() {
        const all = [...Object.values(this.secrets), this.adminToken, this.sinkToken, this.sinkKey];
        return all.flatMap((key) => [
            key,
            Buffer.from(key).toString('base64').replace(/=+$/, ''),
            Buffer.from(key).toString('hex'),
            createHmac('sha256', key).update('').digest('hex'),
        ]);
    }

    get rightMacs() {
        return [...this.macs].flatMap((mac) => [
            mac,
            mac.toUpperCase(),
            Buffer.from(mac, 'hex').toString('base64'),
        ]);
    }

    get persons() {
        return Object.values(this.people).flatMap(({ email, phone, words }) => [
            email,
            email.split('@')[0],
            encodeURIComponent(email),
            phone,
            phone.slice(1),
            words,
        ]);
    }
}

// The `needles` that occur in `haystack`, a text or bytes.
export function found(needles, haystack) {
    const bytes = Buffer.isBuffer(haystack) ? haystack : Buffer.from(haystack);
    return needles.filter((needle) => bytes.includes(needle));
}

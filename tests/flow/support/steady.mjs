// Webhooks from several clients, each of which sends one after the other, and their outcomes.
import http from 'node:http';
import https from 'node:https';

import { request } from './http.mjs';
import { lynnBody, signed } from './vendors.mjs';

const clients = 32;
const keepAlive = { keepAlive: true, maxSockets: clients };
export const keptConnections = () => new http.Agent(keepAlive);

export const host = 'hooks.example.com';
export const throughTls = (options) =>
    new https.Agent({ ...options, rejectUnauthorized: false, servername: host });

// The target of send() for a proxy started in front of the test's daemon, with `changes` to its shipped
// configuration. The clients keep their connections.
export const targetBehind = (start, changes) => async (t, daemon) => {
    const proxy = await start(t, { url: `http://127.0.0.1:${daemon.port}` }, changes);
    const url = `https://127.0.0.1:${proxy.port}/webhooks/lynn`;
    return { url, agent: throughTls(keepAlive), host, reload: proxy.reload };
};

// Sends `count` webhooks, `clients` at a time, and calls `at(n)` before the n-th is sent. Returns the
// outcomes of those that were not answered 200, with their counts.
export async function send(count, { url, agent, host = 'localhost', name, text = 'Hi' }, at = () => {}) {
    const failed = new Map();
    let next = 0;
    const one = async (number) => {
        const body = lynnBody(`${name}-${number}`, { messages: [{ text, senderRole: 'human' }] });
        const headers = { ...signed('lynn', body), host };
        const { status } = await request(url, { method: 'POST', headers, body, agent }).catch((error) => ({
            status: error.code ?? error.message,
        }));
        if (status !== 200) failed.set(status, (failed.get(status) ?? 0) + 1);
    };
    const client = async () => {
        while (next < count) {
            at(next);
            await one(next++);
        }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return [...failed].map(([what, times]) => `${times} x ${what}`).join(', ');
}

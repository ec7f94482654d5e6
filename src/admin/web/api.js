// The admin API (docs/admin-api.md), with the token if one is needed.

const storedAs = 'chathookd-token';

export class Refused extends Error {
    constructor(status, message) {
        super(message);
        this.status = status;
    }
}

// Kept for this tab only, until it is closed.
export const keepToken = (token) => sessionStorage.setItem(storedAs, token);

async function ask(path, options = {}) {
    const token = sessionStorage.getItem(storedAs);
    const headers = { ...options.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) };
    let response;
    try {
        response = await fetch(path, { ...options, headers, cache: 'no-store', credentials: 'omit' });
    } catch (error) {
        if (error.name === 'AbortError') throw error;
        throw new Refused(0, 'chathookd does not answer');
    }
    if (response.ok) return response;
    const text = await response.text();
    let message = text;
    try {
        const answer = JSON.parse(text);
        message = answer.error ?? answer.reason ?? text;
    } catch { /* not JSON: shown as it is */ }
    throw new Refused(response.status, message);
}

const withQuery = (path, parameters = {}) => {
    const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined && value !== ''));
    return query.size > 0 ? `${path}?${query}` : path;
};

export const get = async (path, parameters, signal) => (await ask(withQuery(path, parameters), { signal })).json();
export const getText = async (path, signal) => (await ask(path, { signal })).text();

export const order = async (path, body) => (await ask(path, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
})).json();

// Yields the events of /api/v1/stream as they come, until it ends or is aborted.
export async function* stream(parameters, signal) {
    const response = await ask(withQuery('/api/v1/stream', parameters), { signal });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        text += value;
        const messages = text.split('\n\n');
        text = messages.pop();
        for (const message of messages) {
            const lines = message.split('\n');
            const after = (name) => lines.find((line) => line.startsWith(name))?.slice(name.length);
            const data = after('data: ');
            if (data) yield { sequence: Number(after('id: ')), event: JSON.parse(data) };
        }
    }
}

// Prometheus' text format: { name: [{ labels, value }] }.
export function readMetrics(text) {
    const metrics = {};
    for (const line of text.split('\n')) {
        const match = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
        if (!match) continue;
        const labels = {};
        for (const [, name, value] of (match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
            labels[name] = value.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));
        }
        (metrics[match[1]] ??= []).push({ labels, value: Number(match[3]) });
    }
    return metrics;
}

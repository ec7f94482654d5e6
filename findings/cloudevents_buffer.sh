#!/usr/bin/env bash
# The CloudEvents SDK for JavaScript makes an event with a random id out of a body that is a Buffer, without an error.
# Version: npm, cloudevents 10.0.0.
#
# HTTP.toEvent({headers, body}) wants a text or a parsed object. express.raw() and most serverless platforms hand over
# a Buffer or a Uint8Array, and a receiver that verifies a signature needs these bytes. toEvent takes each byte for an
# attribute ("0", "1", ...), makes up the id and answers an event: no exception, so a receiver that answers 204 has
# lost the event, and one that keeps the ids it has seen never finds a repeat. Only validate() throws.
#
# Seen: the table at the end.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --cache .npm --prefix . cloudevents@10.0.0

cat >read.mjs <<'END'
import { HTTP } from 'cloudevents';

const text = JSON.stringify({ specversion: '1.0', id: 'A-1', source: '/s', type: 't', data: { a: 1 } });
const headers = { 'content-type': 'application/cloudevents+json' };
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const read = (body) => {
    const event = HTTP.toEvent({ headers, body });
    let valid = 'passes validate()';
    try {
        event.validate();
    } catch (error) {
        valid = `validate(): ${error.message.split('\n')[0]}`;
    }
    const id = uuid.test(event.id) ? 'a random UUID' : event.id;
    return `id: ${id}; type: ${event.type}; data: ${JSON.stringify(event.data)}; "0": ${event['0']}; ${valid}`;
};
for (const [what, body] of Object.entries({
    text,
    object: JSON.parse(text),
    Buffer: Buffer.from(text),
    Uint8Array: new TextEncoder().encode(text),
})) console.log(`${what}: ${read(body)}`);
END
diff /dev/fd/3 <(node read.mjs) 3<<'END'
text: id: A-1; type: t; data: {"a":1}; "0": undefined; passes validate()
object: id: A-1; type: t; data: {"a":1}; "0": undefined; passes validate()
Buffer: id: a random UUID; type: undefined; data: undefined; "0": 123; validate(): invalid payload
Uint8Array: id: a random UUID; type: undefined; data: undefined; "0": 123; validate(): invalid payload
END
echo "as described"

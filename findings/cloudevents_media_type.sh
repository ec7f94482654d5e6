#!/usr/bin/env bash
# The CloudEvents SDK for JavaScript knows a content type in two spellings only, and refuses one that the specification
# shows.
# Version: npm, cloudevents 10.0.0.
#
# Media types and the names of charsets have no case, and blanks around the semicolon are optional (RFC 9110, sections
# 8.3.1 and 8.3.2). The SDK looks for its parser by the header's whole text. A structured event under
# "application/cloudevents+json; charset=UTF-8", the example in section 3.2.1 of the HTTP binding, is refused, even
# where the body has been parsed already. Batches are taken under any parameter. In binary mode nothing is refused:
# `data` is the JSON as one text then, where the neighbour's spelling gives an object, and validate() is content.
#
# Seen: the table at the end.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --cache .npm --prefix . cloudevents@10.0.0

cat >read.mjs <<'END'
import { HTTP } from 'cloudevents';

const attributes = { specversion: '1.0', id: 'A-1', source: '/s', type: 't' };
const inHeaders = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]));
const event = { ...attributes, data: { a: 1 } };
const modes = {
    'cloudevents+json': { headers: {}, body: JSON.stringify(event) },
    'cloudevents-batch+json': { headers: {}, body: JSON.stringify([event]) },
    json: { headers: inHeaders, body: JSON.stringify(event.data) },
};
const read = (type, { headers, body }) => {
    try {
        const [event] = [HTTP.toEvent({ headers: { ...headers, 'content-type': type }, body })].flat();
        return `data is the ${typeof event.data} ${JSON.stringify(event.data)}, validate() is ${event.validate()}`;
    } catch (error) {
        return `${error.name}: ${error.message.replace(type, '...')}`;
    }
};
for (const [name, message] of Object.entries(modes)) {
    for (const parameter of ['', '; charset=utf-8', ';charset=utf-8', '; charset=UTF-8']) {
        console.log(`application/${name}${parameter}: ${read(`application/${name}${parameter}`, message)}`);
    }
}
for (const type of ['Application/CloudEvents+JSON', 'application/cloudevents+json;charset=utf-8']) {
    console.log(`${type}, a parsed body: ${read(type, { headers: {}, body: event })}`);
}
END
diff /dev/fd/3 <(node read.mjs) 3<<'END'
application/cloudevents+json: data is the object {"a":1}, validate() is true
application/cloudevents+json; charset=utf-8: data is the object {"a":1}, validate() is true
application/cloudevents+json;charset=utf-8: TypeError: invalid content type ...
application/cloudevents+json; charset=UTF-8: TypeError: invalid content type ...
application/cloudevents-batch+json: data is the object {"a":1}, validate() is true
application/cloudevents-batch+json; charset=utf-8: data is the object {"a":1}, validate() is true
application/cloudevents-batch+json;charset=utf-8: data is the object {"a":1}, validate() is true
application/cloudevents-batch+json; charset=UTF-8: data is the object {"a":1}, validate() is true
application/json: data is the object {"a":1}, validate() is true
application/json; charset=utf-8: data is the object {"a":1}, validate() is true
application/json;charset=utf-8: data is the string "{\"a\":1}", validate() is true
application/json; charset=UTF-8: data is the string "{\"a\":1}", validate() is true
Application/CloudEvents+JSON, a parsed body: TypeError: no cloud event detected
application/cloudevents+json;charset=utf-8, a parsed body: TypeError: invalid content type ...
END
echo "as described"

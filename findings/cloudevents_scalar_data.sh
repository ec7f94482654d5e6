#!/usr/bin/env bash
# The CloudEvents SDK for JavaScript loses an event's data where it is 0, false, null or an empty text, and in binary
# mode makes texts of numbers, of true, false and null.
# Version: npm, cloudevents 10.0.0.
#
# `data` may be any JSON value, and null is not the same as none (JSON event format, section 3.1.1). Of a structured
# event the SDK leaves out what JavaScript counts as false, and passes the event on without `data`; of a batch it does
# not. Of a binary event with the same value in its body it keeps the data, but as a text: a body that begins neither
# with a bracket nor with a bar or a quote is put in quotes before it is parsed. validate() is content with all of them.
#
# Seen: the table at the end. What is passed on is what HTTP.structured() writes of the event that came in.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --cache .npm --prefix . cloudevents@10.0.0

cat >read.mjs <<'END'
import { HTTP } from 'cloudevents';

const attributes = { specversion: '1.0', id: 'A-1', source: '/s', type: 't', time: '2023-11-23T07:48:59Z' };
const inHeaders = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]));
const modes = {
    structured: (data) => ({
        headers: { 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify({ ...attributes, data }),
    }),
    batch: (data) => ({
        headers: { 'content-type': 'application/cloudevents-batch+json' },
        body: JSON.stringify([{ ...attributes, data }]),
    }),
    binary: (data) => ({ headers: { 'content-type': 'application/json', ...inHeaders }, body: JSON.stringify(data) }),
};
const passedOn = (message) => {
    const [event] = [HTTP.toEvent(message)].flat();
    event.validate();
    const written = JSON.parse(HTTP.structured(event).body);
    return 'data' in written ? JSON.stringify(written.data) : 'none';
};
for (const data of [{ a: 1 }, [], 'x', '', 1, 0, true, false, null]) {
    const seen = Object.entries(modes).map(([mode, message]) => `${mode}: ${passedOn(message(data))}`);
    console.log(`${JSON.stringify(data)}; ${seen.join('; ')}`);
}
END
diff /dev/fd/3 <(node read.mjs) 3<<'END'
{"a":1}; structured: {"a":1}; batch: {"a":1}; binary: {"a":1}
[]; structured: []; batch: []; binary: []
"x"; structured: "x"; batch: "x"; binary: "x"
""; structured: none; batch: ""; binary: ""
1; structured: 1; batch: 1; binary: "1"
0; structured: none; batch: 0; binary: "0"
true; structured: true; batch: true; binary: "true"
false; structured: none; batch: false; binary: "false"
null; structured: none; batch: null; binary: "null"
END
echo "as described"

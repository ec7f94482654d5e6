#!/usr/bin/env bash
# The CloudEvents SDK for JavaScript cuts an event's time to milliseconds, so what it passes on is not what it
# received.
# Version: npm, cloudevents 10.0.0.
#
# The CloudEvents specification makes `time` an RFC 3339 timestamp, with as many digits as the producer writes. The
# SDK makes its own form of it while it parses: digits from the fourth on are cut off, missing ones are filled in, and
# another zone becomes Z. Two events of one millisecond are in no order any more, and a comparison with the text as
# sent fails.
#
# Seen: the table at the end.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --cache .npm --prefix . cloudevents@10.0.0

cat >read.mjs <<'END'
import { CloudEvent, HTTP } from 'cloudevents';

const headers = { 'content-type': 'application/cloudevents+json' };
for (const time of [
    '2023-11-23T07:48:59.123456Z',
    '2023-11-23T07:48:59.1239Z',
    '2023-11-23T07:48:59Z',
    '2023-11-23T08:48:59.123456+01:00',
]) {
    const body = JSON.stringify({ specversion: '1.0', id: 'A-1', source: '/s', type: 't', time });
    const passedOn = HTTP.structured(HTTP.toEvent({ headers, body })).body;
    console.log(`${time}: ${JSON.parse(passedOn).time}`);
}
END
diff /dev/fd/3 <(node read.mjs) 3<<'END'
2023-11-23T07:48:59.123456Z: 2023-11-23T07:48:59.123Z
2023-11-23T07:48:59.1239Z: 2023-11-23T07:48:59.123Z
2023-11-23T07:48:59Z: 2023-11-23T07:48:59.000Z
2023-11-23T08:48:59.123456+01:00: 2023-11-23T07:48:59.123Z
END
echo "as described"

#!/usr/bin/env bash
# Crisp's library calls every signature of a web hook wrong for the first half second, and for good where nobody
# listens to its events.
# Version: npm, crisp-api 11.3.0.
#
# verifyHook() answers false, without a look at the signature, until the client is bound to the mode "webhooks". That
# happens 500 ms after the first on(), so a server as in the library's example events_webhooks.js, which listens at
# once, refuses what comes in between with 403. A program that only verifies and hands on never calls on(), and
# refuses everything. Only the first on() can be waited for: what a second one returns is kept at once.
# verifyWidget() takes the same four arguments, computes the same text and asks for no binding.
#
# Seen: the table at the end.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --cache .npm --prefix . crisp-api@11.3.0

cat >verify.mjs <<'END'
import crypto from 'node:crypto';
import { Crisp } from 'crisp-api';

const secret = 'a secret of thirty-two characters';
const body = { website_id: 'w-1', event: 'message:send', data: { content: 'Hi' }, timestamp: 1700000000000 };
const time = '1700000000000';
const signature = crypto.createHmac('sha256', secret).update(`[${time};${JSON.stringify(body)}]`).digest('hex');

const client = new Crisp();
const show = (when) => {
    const [hook, widget] = ['verifyHook', 'verifyWidget'].map((name) => client[name](secret, body, time, signature));
    console.log(`${when}: verifyHook ${hook}, verifyWidget ${widget}`);
};
show('new');
client.setRtmMode('webhooks');
show('setRtmMode');
const first = client.on('message:send', () => {});
const second = client.on('message:received', () => {});
show('on() twice');
await second;
show('the second on() has ended');
await first;
show('the first on() has ended');
END
diff /dev/fd/3 <(node verify.mjs) 3<<'END'
new: verifyHook false, verifyWidget true
setRtmMode: verifyHook false, verifyWidget true
on() twice: verifyHook false, verifyWidget true
the second on() has ended: verifyHook false, verifyWidget true
the first on() has ended: verifyHook true, verifyWidget true
END
echo "as described"

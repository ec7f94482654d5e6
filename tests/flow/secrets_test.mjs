// Secrets that differ from the vendor's through saving, copying or typing: `check` and the log at the start
// say so, before the first signature is refused, and neither shows any part of them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { chathookd, Daemon } from './support/daemon.mjs';
import { lynnBody, vendors } from './support/vendors.mjs';

const hush = 'hush-0123456789abcdef';
const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`${hush}\r\n`, 'utf16le')]);

// The content of the file -> the warning.
const mistakes = [
    ['a line break inside', `${hush}\n${hush}\n`, /has more than one line/],
    ['a second line break at the end', `${hush}\n\n`, /begins or ends with a blank or a line break/],
    ['a blank in front', ` ${hush}\n`, /begins or ends with a blank/],
    ['a byte order mark', `\ufeff${hush}\n`, /begins with a byte order mark/],
    ['a NUL byte', `${hush}\0\n`, /contains a NUL byte/],
    ['UTF-16', utf16, /saved as UTF-16/],
    ['quotation marks around it', `"${hush}"\n`, /is enclosed in quotation marks/],
    ['a name in front', `LYNN_SECRET=${hush}\n`, /has the form NAME=value/],
];

for (const [what, held, said] of mistakes) {
    test(`a secret with ${what} does not prevent the start, and check and the log warn of it with key and file`, async (t) => {
        const daemon = await Daemon.start(t, (directory) => {
            fs.writeFileSync(path.join(directory, 'lynn'), held, { mode: 0o600 });
            const secret = { file: path.join(directory, 'lynn') };
            return { sources: { lynn: { vendor: 'lynn', path: '/webhooks/lynn', secret } } };
        });
        const { code, out } = chathookd(['check', '--json', '--config', daemon.configFile]);
        const { problems } = JSON.parse(out);
        assert.equal(code, 0, out);
        assert.equal(problems.length, 1, out);
        assert.equal(problems[0].severity, 'warning');
        assert.equal(problems[0].key, 'sources.lynn.secret');
        assert.ok(problems[0].message.includes(`in the file '${path.join(daemon.directory, 'lynn')}'`), out);
        assert.match(problems[0].message, said);
        assert.match(problems[0].message, /most likely/);
        const logged = await daemon.logged('the same', ({ event }) => event === 'configuration');
        assert.match(logged.reason, said);
        assert.doesNotMatch(out + daemon.lines.join('\n'), /hush/);
    });
}

test('a line break at the end of a secret file, LF or CRLF, is not part of the secret and gives no warning', async (t) => {
    for (const end of ['', '\n', '\r\n']) {
        const daemon = await Daemon.start(t, (directory) => {
            fs.writeFileSync(path.join(directory, 'lynn'), `${hush}${end}`, { mode: 0o600 });
            const secret = { file: path.join(directory, 'lynn') };
            return { sources: { lynn: { vendor: 'lynn', path: '/webhooks/lynn', secret } } };
        });
        const { out } = chathookd(['check', '--json', '--config', daemon.configFile]);
        const body = lynnBody('one');
        assert.deepEqual(JSON.parse(out).problems, []);
        assert.equal((await daemon.send('lynn', body, { headers: vendors.lynn.sign(body, hush) })).status, 200);
    }
});

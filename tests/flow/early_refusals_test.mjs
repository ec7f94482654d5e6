// A refusal that does not need the body is sent before the body has arrived. It must reach clients that send
// the whole body first.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

import { Daemon, temporaryDirectory } from './support/daemon.mjs';

const run = promisify(execFile);

// Each posts the file and returns the status, or the error.
const urllib = `
import sys, urllib.request, urllib.error
try:
    print(urllib.request.urlopen(urllib.request.Request(sys.argv[1], open(sys.argv[2], "rb").read())).status)
except urllib.error.HTTPError as error:
    print(error.code)
`;
const httpClient = `
import sys, http.client, urllib.parse
url = urllib.parse.urlsplit(sys.argv[1])
connection = http.client.HTTPConnection(url.netloc)
connection.request("POST", url.path, open(sys.argv[2], "rb").read())
print(connection.getresponse().status)
`;
const clients = {
    'Python urllib': (url, file) => run('python3', ['-c', urllib, url, file]).then(({ stdout }) => Number(stdout)),
    'Python http.client': (url, file) =>
        run('python3', ['-c', httpClient, url, file]).then(({ stdout }) => Number(stdout)),
    curl: (url, file) =>
        run('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Expect:', '--data-binary', `@${file}`, url]).then(
            ({ stdout }) => Number(stdout),
        ),
    'Node http': (url, file) =>
        new Promise((resolve, reject) => {
            const request = http.request(url, { method: 'POST', agent: false }, (answer) => {
                answer.resume();
                resolve(answer.statusCode);
            });
            request.on('error', reject);
            request.end(fs.readFileSync(file));
        }),
};

test('413 and 404 reach clients that send a body of megabytes before they read', async (t) => {
    const daemon = await Daemon.start(t);
    const directory = temporaryDirectory(t);
    for (const size of [1024 * 1024 + 1, 3_000_000, 8_000_000]) {
        const file = path.join(directory, `${size}`);
        fs.writeFileSync(file, Buffer.alloc(size, 'x'));
        for (const [name, client] of Object.entries(clients)) {
            for (const [target, status] of [
                ['/webhooks/lynn', 413],
                ['/nowhere', 404],
            ]) {
                for (let i = 0; i < 5; ++i) {
                    const got = await client(daemon.url + target, file).catch((error) => error.message);
                    assert.equal(got, status, `${name}, ${size} bytes to ${target}`);
                }
            }
        }
    }
});

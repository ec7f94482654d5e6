// nginx in the foreground, as the user of the test, on loopback, during a test.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { accepts } from './ports.mjs';
import { undo } from './undo.mjs';
import { until } from './wait.mjs';

// Starts nginx with these lines in its http block; returns its process once `port` is open. `prefix` is a
// command to start it with, such as taskset. It runs as one process, or as a master with workers if it is to
// be reloaded.
export async function startNginx(t, directory, port, lines, prefix = [], { master = false } = {}) {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `${name}_temp_path ${directory}/${name};`,
    );
    const file = path.join(directory, 'nginx.conf');
    fs.writeFileSync(
        file,
        `${master ? `user ${os.userInfo().username};` : 'master_process off;'}
daemon off; pid ${directory}/nginx.pid; error_log stderr;
events { worker_connections 4096; }
http {
access_log off;
${temporary.join('\n')}
${lines}
}
`,
    );
    const [program, ...args] = [...prefix, '/usr/sbin/nginx', '-c', file, '-p', directory];
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = new Promise((resolve) => child.once('close', resolve));
    undo(t, () => child.kill('SIGTERM') && ended);
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    await until('nginx to listen', () => {
        if (child.exitCode !== null) throw new Error(`nginx ended: ${said}`);
        return accepts(port);
    });
    return child;
}

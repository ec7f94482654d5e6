// nginx in the foreground as the caller, on loopback, for as long as a test runs.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { accepts } from './ports.mjs';
import { undo } from './undo.mjs';
import { until } from './wait.mjs';

// Starts it with these lines in its http block, in one process; answers that once `port` is open. `prefix` is
// a command to start it with, such as taskset.
export async function startNginx(t, directory, port, lines, prefix = []) {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `${name}_temp_path ${directory}/${name};`,
    );
    const file = path.join(directory, 'nginx.conf');
    fs.writeFileSync(
        file,
        `daemon off; master_process off; pid ${directory}/nginx.pid; error_log stderr;
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

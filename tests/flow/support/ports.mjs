// TCP ports of loopback.
import net from 'node:net';

const given = new Set();

// A free port, for programs that cannot report which one the kernel chose. Never the same twice, because a
// port that was just returned stays free until its program listens.
export async function freePort() {
    const server = net.createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    const next = given.has(port) ? freePort() : port;
    given.add(port);
    await new Promise((resolve) => server.close(resolve));
    return next;
}

// Whether a program listens on the port.
export function accepts(port) {
    return new Promise((resolve) => {
        const probe = net.connect(port, '127.0.0.1', () => resolve(true) || probe.destroy());
        probe.on('error', () => resolve(false));
    });
}

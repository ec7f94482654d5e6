// TCP ports of loopback.
import net from 'node:net';

const given = new Set();

// A port that nobody listens on: for programs that cannot be asked which one the kernel chose. Never the same twice: one that was
// given a moment ago is free to the kernel until its program listens.
export async function freePort() {
    const server = net.createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    const next = given.has(port) ? freePort() : port;
    given.add(port);
    await new Promise((resolve) => server.close(resolve));
    return next;
}

// Whether somebody listens there.
export function accepts(port) {
    return new Promise((resolve) => {
        const probe = net.connect(port, '127.0.0.1', () => resolve(true) || probe.destroy());
        probe.on('error', () => resolve(false));
    });
}

// TCP ports of loopback.
import net from 'node:net';

// A port that nobody listens on: for programs that cannot be asked which one the kernel chose.
export async function freePort() {
    const server = net.createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return port;
}

// Whether somebody listens there.
export function accepts(port) {
    return new Promise((resolve) => {
        const probe = net.connect(port, '127.0.0.1', () => resolve(true) || probe.destroy());
        probe.on('error', () => resolve(false));
    });
}

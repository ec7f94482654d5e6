// An HTTP receiver that answers 204 after a while: node slow_receiver.mjs PORT MILLISECONDS
import http from 'node:http';

const [port, milliseconds] = process.argv.slice(2).map(Number);
http.createServer((incoming, outgoing) => {
    incoming.resume();
    incoming.on('end', () => setTimeout(() => outgoing.writeHead(204).end(), milliseconds));
}).listen(port, '127.0.0.1');

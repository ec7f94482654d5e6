// The same on Fastify.   node fastify.cjs PORT SECRET
const crypto = require('node:crypto');

const [port, secret] = process.argv.slice(2);
const app = require('fastify')({ keepAliveTimeout: 0, bodyLimit: 1 << 20 });
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, bytes, done) => done(null, bytes));
app.post('/webhooks/lynn', async (request, reply) => {
    const mac = crypto.createHmac('sha256', secret).update(request.body).digest('hex');
    if (request.headers['x-lynn-hmac-sha256'] !== mac)
        return reply.code(401).send({ error: 'wrong signature' });
    JSON.parse(request.body);
    return { status: 'success' };
});
app.listen({ port: Number(port), host: '127.0.0.1' });

// A webhook handler as the vendors' pages show it: Express, the raw body kept by its JSON parser, one HMAC, an
// answer before anything is stored.   node express.cjs PORT SECRET
const crypto = require('node:crypto');
const express = require('express');

const [port, secret] = process.argv.slice(2);
const app = express();
app.use(express.json({ limit: '1mb', verify: (request, _, bytes) => (request.raw = bytes) }));
app.post('/webhooks/lynn', (request, response) => {
    const mac = crypto.createHmac('sha256', secret).update(request.raw).digest('hex');
    if (request.get('x-lynn-hmac-sha256') !== mac)
        return response.status(401).json({ error: 'wrong signature' });
    return response.json({ status: 'success' });
});
app.listen(Number(port), '127.0.0.1').keepAliveTimeout = 0;

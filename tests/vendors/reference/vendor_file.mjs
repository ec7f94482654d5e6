// A reader of vendor files that shares nothing with chathookd but their specification: what the program is compared with.
//
//   const { file, errors } = readFile('meta', text);
//   const verified = verify(file, { method, headers, body, query }, { secrets, publicUrl, verifyToken }, at);
//   const events = verified.accepted ? map(file, verified, request) : [];
export { map } from './mapping.mjs';
export { checkSource, readFile } from './rules.mjs';
export { accepted, handshake, refused, verify } from './signature.mjs';

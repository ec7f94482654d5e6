// The peer of tests/support/node_oracle.hpp: lists of byte strings over standard input and output. A list is
// one frame of frames; a frame is its length in four bytes, little-endian, and its bytes.
import { writeSync } from 'node:fs';

const frame = (bytes) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
};

const split = (bytes) => {
    const parts = [];
    for (let at = 0; at < bytes.length;) {
        const end = at + 4 + bytes.readUInt32LE(at);
        parts.push(bytes.subarray(at + 4, end));
        at = end;
    }
    return parts;
};

const writeAll = (bytes) => {
    for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at);
};

// Replies to each list with answer(list), until the input ends.
export const serve = async (answer) => {
    let chunks = [];
    let held = 0;
    for await (const chunk of process.stdin) {
        chunks.push(chunk);
        held += chunk.length;
        let wanted;
        while (held >= 4) {
            if (chunks[0].length < 4) chunks = [Buffer.concat(chunks)];
            wanted = 4 + chunks[0].readUInt32LE(0);
            if (held < wanted) break;
            const bytes = Buffer.concat(chunks);
            writeAll(frame(Buffer.concat(answer(split(bytes.subarray(4, wanted))).map(frame))));
            chunks = [bytes.subarray(wanted)];
            held -= wanted;
        }
    }
};

// Prints numbers as JavaScript does. The request is 'print' and doubles as they lie in memory, or 'read' and
// comma-separated texts; the answer is the printed numbers, separated by commas.
import { serve } from '../support/frames.mjs';

const printed = {
    print: (bytes) => {
        const aligned = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
        return new Float64Array(aligned).join(); // String() of each
    },
    read: (bytes) => JSON.stringify(JSON.parse(`[${bytes.latin1Slice()}]`)).slice(1, -1),
};

await serve(([kind, bytes]) => [Buffer.from(printed[kind.toString()](bytes))]);

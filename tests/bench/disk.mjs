// What the disk alone takes for what a commit of one event needs: four pages written over old ones, and fdatasync.
import fs from 'node:fs';
import path from 'node:path';

const pages = Buffer.alloc(4 * 4096, 'x');
const places = 256; // as many as the journal's log has before it begins anew

const percentile = (sorted, share) => sorted[Math.floor(share * (sorted.length - 1))];

// One after the other, like the daemon with one connection. In the same shape as the load's answer.
export function timeSyncs(directory, seconds) {
    const name = path.join(directory, 'synced');
    const file = fs.openSync(name, 'w');
    const took = [];
    try {
        fs.writeSync(file, Buffer.alloc(places * pages.length));
        fs.fsyncSync(file);
        const end = performance.now() + seconds * 1000;
        while (performance.now() < end) {
            const began = performance.now();
            fs.writeSync(file, pages, 0, pages.length, (took.length % places) * pages.length);
            fs.fdatasyncSync(file);
            took.push(performance.now() - began);
        }
    } finally {
        fs.closeSync(file);
        fs.rmSync(name);
    }
    took.sort((a, b) => a - b);
    return {
        requests: took.length,
        rate: took.length / seconds,
        p50_ms: percentile(took, 0.5),
        p99_ms: percentile(took, 0.99),
        p999_ms: percentile(took, 0.999),
        load_cpu_share: 0,
    };
}

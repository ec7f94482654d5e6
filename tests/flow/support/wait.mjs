// Waits for a condition instead of for time to pass.
import { setTimeout as delay } from 'node:timers/promises';

// Sanitizer builds are several times slower; a long limit does not slow down a passing test.
export const patience = 20_000; // milliseconds

// Calls `probe` until its result is truthy, and returns that. `what` completes "waited in vain for ...".
export async function until(what, probe, within = patience) {
    const deadline = Date.now() + within;
    for (;;) {
        const answer = await probe();
        if (answer) return answer;
        if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
        await delay(10);
    }
}

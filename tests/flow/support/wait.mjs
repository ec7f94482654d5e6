// Waiting for something to become true, instead of for time to pass.
import { setTimeout as delay } from 'node:timers/promises';

// Sanitizer builds are several times slower; nothing is timed here, so patience costs a passing test nothing.
export const patience = 20_000; // milliseconds

// Asks `probe` until it answers something truthy, and answers that. `what` completes "waited in vain for
// ...".
export async function until(what, probe, within = patience) {
    const deadline = Date.now() + within;
    for (;;) {
        const answer = await probe();
        if (answer) return answer;
        if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
        await delay(10);
    }
}

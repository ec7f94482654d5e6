// Undoing what a test set up, the last thing first: a process ends before its directory goes.
const steps = new WeakMap();

// Runs `step` after the test `t`, before everything that was handed in earlier.
export function undo(t, step) {
    if (!steps.has(t)) {
        steps.set(t, []);
        t.after(async () => {
            for (const last of steps.get(t).reverse()) await last();
        });
    }
    steps.get(t).push(step);
}

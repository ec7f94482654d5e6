// Undoes what a test set up, in reverse order: a process ends before its directory is removed.
const steps = new WeakMap();

// Runs `step` after the test `t`, before all steps registered earlier.
export function undo(t, step) {
    if (!steps.has(t)) {
        steps.set(t, []);
        t.after(async () => {
            for (const last of steps.get(t).reverse()) await last();
        });
    }
    steps.get(t).push(step);
}

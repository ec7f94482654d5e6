// Repeatable randomness: every suite prints its seed, and CHATHOOK_SEED sets it.
export const seed = Number(process.env.CHATHOOK_SEED ?? Date.now() % 1e6);

// Numbers in [0, 1), always the same for a seed and a name (mulberry32).
export function chance(name) {
    let state = seed;
    for (const letter of name) state = (Math.imul(state, 31) + letter.charCodeAt(0)) | 0;
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let value = Math.imul(state ^ (state >>> 15), 1 | state);
        value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
        return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
    };
}

// A whole number from `first` to `last`.
export const between = (random, first, last) => first + Math.floor(random() * (last - first + 1));

// A number of repetitions: from the environment, else the short form's number.
export const times = (variable, short) => Number(process.env[variable] ?? short);

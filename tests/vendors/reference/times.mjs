// The dates of signatures and of events, in microseconds since 1970.
const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/;
const beyond9999 = 253402300800_000000n;

function fromText(text) {
    const found = rfc3339.exec(text);
    if (!found) return undefined;
    const [, year, month, day, hour, minute, second, fraction = '', zone] = found;
    const moment = Date.UTC(year, month - 1, day, hour, minute, second);
    const date = new Date(moment);
    const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === Number(day) && hour < 24 && minute < 60 && second < 60;
    if (!exists) return undefined;
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(zone) ?? [undefined, '+', 0, 0];
    if (hours > 23 || minutes > 59) return undefined;
    const offset = BigInt(`${sign}${Number(hours) * 60 + Number(minutes)}`) * 60_000000n;
    return BigInt(moment) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, '0')) - offset;
}

// `unit`: s, ms, iso8601, auto (digits), or undefined for the time of an event, which may be any of them.
export function microseconds(text, unit) {
    if (unit === 'iso8601') return fromText(text);
    if (!/^\d{1,17}$/.test(text)) return unit === undefined || unit === 'auto' ? fromText(text) : undefined;
    const value = BigInt(text);
    const isMilliseconds = unit === 'ms' || (unit !== 's' && value >= 100_000_000_000n);
    return value * (isMilliseconds ? 1000n : 1_000_000n);
}

// RFC 3339 in UTC, to the microsecond, without trailing zeros.
export function eventTime(text) {
    const time = microseconds(text, undefined);
    if (time === undefined || time < 0n || time >= beyond9999) return undefined;
    const seconds = new Date(Number(time / 1000n)).toISOString().slice(0, 19);
    const fraction = (time % 1_000000n).toString().padStart(6, '0').replace(/0+$/, '');
    return `${seconds}${fraction ? `.${fraction}` : ''}Z`;
}

export function duration(text) {
    const found = /^(\d+)(ms|s|m|h|d)$/.exec(text);
    const units = { ms: 1000n, s: 1_000000n, m: 60_000000n, h: 3600_000000n, d: 86400_000000n };
    return found ? BigInt(found[1]) * units[found[2]] : undefined;
}

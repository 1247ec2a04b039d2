// Numbers and times as they are read. What is not known is a dash, never 0.

export const NONE = "—";
const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);
const places = (digits) => ({ minimumFractionDigits: digits, maximumFractionDigits: digits });
const FIXED = Array.from({ length: 9 }, (_, digits) => new Intl.NumberFormat("en-US", places(digits)));

export const fixed = (value, digits = 2) => (known(value) ? FIXED[digits].format(value) : NONE);
export const whole = (value) => fixed(value, 0);

/** A number with as many places as it is large: 1,234 and 71.5 and 0.034. */
export function short(value) {
  if (!known(value)) return NONE;
  const size = Math.abs(value);
  return fixed(value, size >= 100 || size === 0 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** A price: to two places above 1,000, to six figures below. */
export function price(value) {
  if (!known(value)) return NONE;
  const size = Math.abs(value);
  return fixed(value, size >= 1000 ? 2 : size >= 100 ? 3 : size >= 1 ? 4 : 6);
}

export const money = (value) => fixed(value, 2);
export const signed = (value, digits = 2) => (value > 0 ? "+" : "") + fixed(value, digits).replace("-", "−");
export const percent = (value, digits = 0) => (known(value) ? `${fixed(value * 100, digits)} %` : NONE);

/** A span of seconds: 0.4 s, 34 s, 12 min, 3 h, 2 d. */
export function span(seconds) {
  if (!known(seconds)) return NONE;
  if (seconds < 10) return `${fixed(seconds, 1)} s`;
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} d`;
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
export const clock = (second) => CLOCK.format(new Date(second * 1000));

export const plural = (count, one, many = `${one}s`) => `${whole(count)} ${count === 1 ? one : many}`;
/** A count in four signs at most: 868, 1.5k, 24k, 1.3M. */
export function compact(count) {
  if (count < 1000) return String(count);
  return count < 1e5 ? `${fixed(count / 1e3, count < 1e4 ? 1 : 0)}k` : `${fixed(count / 1e6, 1)}M`;
}

export const yesNo = (value) => (known(value) ? (value ? "yes" : "no") : NONE);

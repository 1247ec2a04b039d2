// Scales and ticks of charts.

/** A linear scale from a domain to pixels. */
export const linear = (low, high, from, to) => (value) => from + ((value - low) / (high - low || 1)) * (to - from);

const STEPS = [1, 2, 2.5, 5, 10];

/** The least of 1, 2, 2.5 and 5 times a power of ten that is not below a value. */
export function niceCeiling(value) {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return STEPS.map((step) => step * power).find((step) => step >= value * 0.9999);
}

/** Two or three round values inside a domain, its lower end included. */
export function niceTicks(low, high, wanted = 3) {
  const step = niceCeiling((high - low) / wanted);
  const first = Math.ceil(low / step - 1e-9) * step;
  const found = [];
  for (let place = 0; first + place * step <= high + step * 1e-6; place += 1) found.push(first + place * step);
  return found;
}

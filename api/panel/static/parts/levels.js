// Service levels: what each is now, its limits as fixed red lines, and the last hour.

import { byId, h, setText } from "../dom.js";
import { short, span } from "../words.js";
import { lineChart } from "../charts/line.js";
import { draw } from "./shared.js";

const HOUR_S = 3600;
const HEIGHT = 118;
const OLD_S = 30; // the guard looks at its rules every ten seconds
const IDLE = " (the spark profile's, not in force)";
const LEVELS = [
  { name: "p95_ms", title: "p95 latency, second's end to signal", unit: "ms" },
  { name: "staleness_s", title: "Staleness, last trade of the feed", unit: "s" },
  { name: "error_rate", title: "Error rate, five minutes", unit: "%" },
];

export function levels({ slo, ts }) {
  const room = byId("slo").querySelector(".levels");
  if (!room.children.length) room.append(...LEVELS.map(frame));
  LEVELS.forEach((level, place) => show(room.children[place], level, slo ? slo[level.name] : null, ts / 1e9));
}

function frame({ name, title }) {
  return h("div", { class: "level", "data-level": name },
    h("h3", {}, title), h("p", { class: "big" }, h("span"), " ", h("small")),
    h("div", { class: "chart" }), h("p", { class: "note" }));
}

function show(element, level, found, now) {
  const value = found ? found.value : null;
  const [number, unit] = element.querySelector(".big").children;
  setText(number, short(value));
  setText(unit, value === null ? "" : level.unit);
  const broken = value !== null && found.limits.some((limit) => limit.in_force && beyond(value, limit));
  number.classList.toggle("bad-text", broken);
  const old = found !== null && found.age_s !== null && found.age_s > OLD_S;
  element.classList.toggle("old-values", old);
  setText(element.querySelector(".note"), note(level, found, old, broken));
  const chart = element.querySelector(".chart");
  chart.hidden = found === null;
  if (found === null) return;
  const until = Math.ceil(edge(found.points, now) / 60) * 60;
  draw(chart, [found.limits, found.points, until, value], (width) => drawn(level, found, until, width));
}

function beyond(value, { op, value: limit }) {
  const more = op.startsWith(">") ? value > limit : value < limit;
  return more || (op.endsWith("=") && value === limit);
}

/** The right end of the chart: now, or the end of a series that ended more than an hour ago. */
function edge(points, now) {
  const last = points.length ? points.at(-1)[0] : now;
  return now - last > HOUR_S || last > now ? last : now;
}

function note({ unit }, found, old, broken) {
  if (found === null || (found.value === null && !found.points.length)) return "No figure yet.";
  const limits = found.limits.map((limit) => `${limit.severity} ${limit.op} ${short(limit.value)} ${unit}`).join(", ");
  const idle = limits && !found.limits[0].in_force ? IDLE : "";
  const age = old ? `old: ${span(found.age_s)}` : null;
  const words = [age, broken ? "beyond its limit" : null, limits ? `limits ${limits}${idle}` : "no limit is known"];
  return words.filter(Boolean).join(" · ");
}

function drawn(level, { points, limits, value }, until, width) {
  const values = points.map((point) => point[1]);
  const highest = Math.max(...values, ...limits.map((limit) => limit.value), value ?? 0, 0) || 1;
  const svg = lineChart(points, {
    width, height: HEIGHT, from: until - HOUR_S, until, low: 0, high: highest * 1.15,
    limits: limits.map(({ value: at }, place) => ({ value: at, name: short(at), lower: place + 1 < limits.length })),
    word: short, label: label(level, values),
  });
  if (limits.length && !limits[0].in_force) svg.classList.add("idle");
  return svg;
}

function label({ title, unit }, values) {
  if (!values.length) return `${title}: no points in the last hour`;
  return `${title}, last hour: from ${short(Math.min(...values))} to ${short(Math.max(...values))} ${unit}`;
}

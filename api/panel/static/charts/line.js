// A line over time, with fixed limits across it and a readout under the pointer.

import { s } from "../dom.js";
import { clock } from "../words.js";
import { linear, niceTicks } from "./scale.js";

const RIGHT = 6;
const TOP = 8;
const BOTTOM = 18;
const GAP_S = 180;
const DIGIT = 6.6; // width of a figure of the axis

/**
 * Draw points [[second, value], ...] between two seconds.
 * options: width, height, from, until, low, high, limits [{value, name, lower}], word (value to text), label,
 * gap (seconds without a point over which no line is drawn), below ([[second, ceiling], ...] shaded down to the
 * line), ticks (about how many).
 */
export function lineChart(points, options) {
  const { width, height, from, until, low, high, word, label } = options;
  const { limits = [], gap = GAP_S, below = null, ticks = 2 } = options;
  const values = niceTicks(low, high, ticks);
  const left = Math.max(34, ...values.map((value) => word(value).length * DIGIT + 9));
  const x = linear(from, until, left, width - RIGHT);
  const y = linear(low, high, height - BOTTOM, TOP);
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  for (const value of values) {
    svg.append(
      s("line", { class: "grid", x1: left, x2: width - RIGHT, y1: Math.round(y(value)), y2: Math.round(y(value)) }),
      s("text", { class: "end", x: left - 6, y: y(value) + 4 }, word(value)),
    );
  }
  for (const second of timeTicks(from, until, width)) {
    const place = x(second) > width - 24 ? "end" : x(second) < left + 16 ? null : "middle";
    svg.append(s("text", { class: place, x: x(second), y: height - 4 }, clock(second)));
  }
  const shown = points.filter(([second]) => second >= from && second <= until);
  if (below) svg.append(shade(shown, below, x, y));
  for (const limit of limits) svg.append(...limitLine(limit, x(from), x(until), Math.round(y(limit.value))));
  if (shown.length) svg.append(s("path", { class: "line", d: path(shown, x, y, gap) }));
  if (shown.length === 1) svg.append(s("circle", { class: "point", cx: x(shown[0][0]), cy: y(shown[0][1]), r: 2.5 }));
  readout(svg, shown, x, y, { width, word });
  return svg;
}

function limitLine({ value, name, lower }, left, right, y) {
  return [
    s("line", { class: lower ? "limit lower" : "limit", x1: left, x2: right, y1: y, y2: y, "data-limit": value }),
    // under the lower one, so that two that are near each other do not meet
    s("text", { class: "limit-name", x: left + 3, y: lower ? y + 12 : y - 4 }, name),
  ];
}

function path(points, x, y, gap) {
  let before = null;
  return points.map(([second, value]) => {
    const step = before !== null && second - before <= gap ? "L" : "M";
    before = second;
    return `${step}${x(second).toFixed(1)} ${y(value).toFixed(1)}`;
  }).join("");
}

function shade(points, ceiling, x, y) {
  const top = ceiling.map(([second, value]) => `${x(second).toFixed(1)} ${y(value).toFixed(1)}`);
  const bottom = points.map(([second, value]) => `${x(second).toFixed(1)} ${y(value).toFixed(1)}`).reverse();
  return s("path", { class: "below", d: top.length ? `M${[...top, ...bottom].join("L")}Z` : "" });
}

function timeTicks(from, until, width) {
  const steps = [60, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 14400, 21600, 43200];
  const step = steps.find((one) => (until - from) / one <= Math.max(2, width / 90)) ?? 86400;
  const found = [];
  for (let second = Math.ceil(from / step) * step; second <= until; second += step) found.push(second);
  return found;
}

function readout(svg, points, x, y, { width, word }) {
  if (!points.length) return;
  const line = s("line", { class: "cursor", y1: TOP, y2: Number(svg.getAttribute("height")) - BOTTOM });
  const dot = s("circle", { class: "point", r: 3 });
  const text = s("text", { class: "readout", y: TOP + 4 });
  const group = s("g", { visibility: "hidden" }, line, dot, text);
  svg.append(group);
  svg.addEventListener("pointerleave", () => group.setAttribute("visibility", "hidden"));
  svg.addEventListener("pointermove", (event) => {
    const at = event.clientX - svg.getBoundingClientRect().left;
    const off = ([second]) => Math.abs(x(second) - at);
    const [second, value] = points.reduce((best, one) => (off(one) < off(best) ? one : best));
    const place = x(second);
    for (const [name, to] of [["x1", place], ["x2", place]]) line.setAttribute(name, to);
    dot.setAttribute("cx", place);
    dot.setAttribute("cy", y(value));
    const right = place > width / 2;
    text.setAttribute("x", right ? place - 6 : place + 6);
    text.setAttribute("class", right ? "readout end" : "readout");
    text.textContent = `${word(value)} at ${clock(second)}`;
    group.setAttribute("visibility", "visible");
  });
}

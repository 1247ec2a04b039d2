// The reliability diagram: how often the price rose, by what was said of it, with the counts behind each point.

import { byId, h, s, setChildren, term } from "../dom.js";
import { compact, fixed, percent, plural, whole } from "../words.js";
import { linear } from "../charts/scale.js";
import { draw, frame, showAge, showEmpty } from "./shared.js";

const OLD_S = 900;
const HEIGHT = 216;
const COUNTS = 40;
const [LEFT, RIGHT, TOP, BOTTOM] = [34, 8, 6, 18];
const LATER = "No outcome has been judged yet: the first come five minutes after the first scores.";

export function reliability(state) {
  const { reliability: found } = state;
  const section = byId("reliability");
  const body = section.querySelector(".body");
  showAge(section, found ? found.age_s : null, OLD_S);
  if (!found) {
    showEmpty(body, state, LATER);
    return;
  }
  const [figures, chart] = frame(body, () => h("dl", { class: "figures" }), () => h("div", { class: "chart" }));
  setChildren(figures, terms(found));
  draw(chart, found.bins, (width) => diagram(found.bins, width));
}

/** Of several symbols, what chance explains is a bound. */
function terms({ ece, n, symbols }) {
  const bound = symbols > 1 ? "≤ " : "";
  const beyond = ece.limit !== null && ece.value > ece.limit;
  return [
    term("Calibration error", fixed(ece.value, 3), { lead: true, tone: beyond ? "bad-text" : "" }),
    term("By chance", `${bound}${fixed(ece.floor, 3)}`),
    term("Limit", `${bound}${fixed(ece.limit, 3)}`, { note: beyond ? "beyond" : "" }),
    term("Outcomes", whole(n), { note: plural(symbols, "symbol") }),
  ];
}

function diagram(bins, width) {
  const full = bins.filter((one) => one.n);
  const most = Math.max(...bins.map((one) => one.n));
  const scales = {
    x: linear(0, 1, LEFT, width - RIGHT),
    y: linear(0, 1, HEIGHT - BOTTOM - COUNTS - 16, TOP),
    height: linear(0, most, 0, COUNTS - 12),
  };
  const said = full.map((one) => `said ${percent(one.prob_mean)}: rose ${percent(one.hit_share)} of ${one.n}`);
  const label = `Reliability. ${said.join("; ")}`;
  const shape = { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": label };
  return s("svg", shape, grid(scales), points(full, most, scales), counts(bins, scales));
}

function grid({ x, y }) {
  const ticks = [0, 0.5, 1].flatMap((tick) => [
    s("line", { class: "grid", x1: x(0), x2: x(1), y1: Math.round(y(tick)), y2: Math.round(y(tick)) }),
    s("text", { class: "end", x: LEFT - 6, y: y(tick) + 4 }, percent(tick)),
    s("text", { class: { 0: null, 0.5: "middle", 1: "end" }[tick], x: x(tick), y: HEIGHT - 4 }, percent(tick)),
  ]);
  return [...ticks, s("line", { class: "diagonal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) })];
}

function points(full, most, { x, y }) {
  return full.flatMap(({ n, prob_mean: said, hit_share: rose }) => [
    s("line", { class: "gap", x1: x(said), x2: x(said), y1: y(said), y2: y(rose) }),
    s("circle", { class: "bubble", cx: x(said), cy: y(rose), r: 3 + 4 * Math.sqrt(n / most) }),
  ]);
}

function counts(bins, { x, height }) {
  const floor = HEIGHT - BOTTOM;
  return bins.flatMap(({ n, left, right }) => [
    s("rect", {
      class: "count-bar", x: x(left) + 1, width: Math.max(1, x(right) - x(left) - 2),
      y: floor - height(n), height: height(n),
    }),
    s("text", { class: "middle", x: x((left + right) / 2), y: floor - height(n) - 3 }, n ? compact(n) : ""),
  ]);
}

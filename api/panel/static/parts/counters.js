// What cannot be used, and how the scores spread over their tenths.

import { byId, h, s, setChildren, term } from "../dom.js";
import { compact, NONE, whole, yesNo } from "../words.js";
import { linear } from "../charts/scale.js";
import { draw, UNKNOWN } from "./shared.js";

const HEIGHT = 92;
const WATCHED = [5, 6, 7];
const LATER = "The tenths are counted from five minutes on.";

export function counters({ counters: found, redis }) {
  const body = byId("counters").querySelector(".body");
  if (!body.children.length) body.replaceChildren(h("dl", { class: "figures" }), h("div", { class: "chart" }));
  const [figures, chart] = body.children;
  const bucket = found ? found.ml_bucket : null;
  setChildren(figures, letters(found ? found.dlq : { size: null, limits: [] }), balance(bucket));
  const none = h("p", { class: "empty" }, redis === "up" ? LATER : UNKNOWN);
  draw(chart, [bucket, redis], (width) => (bucket?.counts ? bars(bucket.counts, width) : none));
}

function letters({ size, limits: [target] }) {
  const beyond = size !== null && target !== undefined && size > target.value;
  const note = target ? `target ≤ ${whole(target.value)}` : "";
  return term("Dead letters", whole(size), { lead: true, note, tone: beyond ? "bad-text" : "" });
}

function balance(bucket) {
  const note = bucket?.n ? `${whole(bucket.n)} scores` : "";
  return term("ml_bucket balanced", bucket ? yesNo(bucket.balanced) : NONE, { lead: true, note });
}

function bars(counts, width) {
  const x = linear(0, 10, 0, width);
  const floor = HEIGHT - 18;
  const height = linear(0, Math.max(...counts, 1), 0, floor - 16);
  const label = `Scores by tenth. ${counts.map((count, place) => `${place}: ${count}`).join(", ")}`;
  const shape = { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": label };
  return s("svg", shape,
    counts.map((count, place) => s("rect", {
      class: WATCHED.includes(place) ? "count-bar watched" : "count-bar",
      x: x(place) + 1, width: x(1) - 2, y: floor - height(count), height: height(count),
    })),
    counts.map((count, place) => text(x(place + 0.5), floor - height(count) - 3, compact(count))),
    counts.map((_, place) => text(x(place + 0.5), HEIGHT - 4, `.${place}`)),
    s("line", { class: "axis", x1: 0, x2: width, y1: floor + 0.5, y2: floor + 0.5 }));
}

const text = (x, y, word) => s("text", { class: "middle", x, y }, word);

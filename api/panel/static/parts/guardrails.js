// Breaches: what fires, whether that has paused the trading, and what fired last.

import { byId, h, setChildren } from "../dom.js";
import { short, span, whole, yesNo } from "../words.js";
import { frame, showAge, showEmpty } from "./shared.js";

const SHOWN = 6;
const GRAVE = ["P0", "P1"];
const NONE_THERE = "There is no guard: nothing watches the limits. Start it with levibot run guard.";

export function guardrails(state) {
  const { guardrails: found } = state;
  const section = byId("guardrails");
  const body = section.querySelector(".body");
  showAge(section, found ? found.age_s : null);
  if (!found) {
    showEmpty(body, state, NONE_THERE);
    return;
  }
  const [room] = frame(body, () => h("div"));
  setChildren(room,
    summary(found),
    list(found.firing, "No rule holds."),
    h("h3", { class: "sub" }, "Last breaches"),
    list(found.last.slice(0, SHOWN), "Nothing has fired."));
}

function summary({ firing, auto_pause: paused, count_24h: count }) {
  return h("dl", { class: "pause" },
    figure("Breaches now", whole(firing.length), firing.some((one) => GRAVE.includes(one.severity))),
    figure("Auto-pause", yesNo(paused), paused),
    figure("In 24 hours", whole(count), false));
}

function figure(name, value, bad) {
  return h("div", {}, h("dt", { class: "note" }, name), h("dd", { class: bad ? "big bad-text" : "big" }, value));
}

function list(breaches, none) {
  return breaches.length ? h("ul", { class: "breaches" }, breaches.map(breach)) : h("p", { class: "empty" }, none);
}

function breach({ rule, severity, event, age_s: age, runbook, ...one }) {
  const under = [one.metric, limit(one), one.scope === "all" ? null : one.scope, one.auto_pause ? "auto-pause" : null];
  return h("li", { class: event, title: runbook },
    h("span", { class: `rank ${severity}` }, severity),
    h("span", { class: "what" }, event === "resolved" ? `${rule} resolved` : rule,
      h("small", {}, under.filter(Boolean).join(" · "))),
    h("span", { class: "ago" }, span(age)));
}

/** What was measured beside what it is held against; the second may not be known. */
function limit({ value, op, threshold }) {
  if (value === null) return null;
  return threshold === null || threshold === undefined ? short(value) : `${short(value)} ${op} ${short(threshold)}`;
}

// What was done of late: scores, and between them the commands of operators and of the guard.

import { byId, h, setChildren, setText } from "../dom.js";
import { fixed, short, span } from "../words.js";
import { UNKNOWN } from "./shared.js";

const SHOWN = 10;

export function actions({ actions: found, redis }) {
  const section = byId("actions");
  const rate = found ? found.per_minute : null;
  setText(section.querySelector(".rate"), rate === null ? "" : `${short(rate)} scores a minute`);
  const items = (found ? found.items : []).slice(0, SHOWN).map(action);
  const none = h("li", { class: "empty" }, redis === "up" ? "No score yet." : UNKNOWN);
  setChildren(section.querySelector(".body"), items.length ? items : none);
}

const action = (item) => (item.action === "command" ? command(item) : score(item));

function score(item) {
  const said = `p ${fixed(item.prob, 2)} · ${item.fallback ? "fallback" : `conf ${fixed(item.confid, 2)}`}`;
  return h("li", { class: "score" },
    h("span", { class: "what" }, item.symbol), h("span", {}, said), h("span", { class: "ago" }, span(item.age_s)));
}

function command({ accepted, age_s: age, actor, args, cmd, reason, scope }) {
  const under = accepted ? [`scope ${scope}`, args.reason].filter(Boolean).join(" · ") : `refused: ${reason}`;
  const what = [h("b", {}, cmd || "a record"), ` by ${actor || "nobody known"}`, h("small", {}, under)];
  return h("li", { class: accepted ? "command" : "command refused" },
    h("span", { class: "what" }, what), h("span"), h("span", { class: "ago" }, span(age)));
}

// What several parts need: how old their figures are, and drawing only what has changed.

import { setText } from "../dom.js";
import { span } from "../words.js";

export const OLD_S = 5;

/** Show in a part's head how old its figures are, and dim them where that is too much. */
export function showAge(section, age, limit = OLD_S) {
  const small = section.querySelector(".age");
  const old = age !== null && age > limit;
  setText(small, age === null ? "" : old ? `old: ${span(age)}` : `${span(age)} ago`);
  small.classList.toggle("old", old);
  section.querySelector(".body").classList.toggle("old-values", old);
}

const drawn = new WeakMap();

/** Draw into an element if what is drawn, or the room for it, is another than the last time. */
export function draw(element, what, make) {
  const width = Math.floor(element.clientWidth);
  const key = `${width}:${JSON.stringify(what)}`;
  if (drawn.get(element) === key) return;
  drawn.set(element, key);
  if (width > 0) element.replaceChildren(...[make(width)].flat());
}

export const UNKNOWN = "Not known while Redis does not answer.";

/** Say in a part's body why there are no figures: Redis is down, or what else it is. */
export function showEmpty(body, { redis }, text) {
  body.classList.add("empty");
  setText(body, redis === "up" ? text : UNKNOWN);
}

/** Make a part's frame where there is none yet, and return its elements. */
export function frame(body, ...make) {
  if (body.classList.contains("empty") || body.children.length !== make.length) {
    body.classList.remove("empty");
    body.replaceChildren(...make.map((one) => one()));
  }
  return [...body.children];
}

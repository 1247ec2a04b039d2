// The first look: whether it is well, and why; and whether what is shown is live.

import { byId, h, setAttribute, setChildren, setText } from "../dom.js";
import { span } from "../words.js";

const SHAPES = { good: "●", note: "●", warn: "▲", bad: "■", demo: "◆" };

export function banner({ status, headline }) {
  byId("demo").hidden = status !== "DEMO";
  setAttribute(byId("banner"), "data-tone", headline.tone);
  setAttribute(byId("banner"), "data-status", status);
  setText(byId("tone"), SHAPES[headline.tone]);
  setText(byId("headline"), headline.text);
  setChildren(byId("why"), headline.why.map((one) => h("li", { class: one.tone }, one.text)));
  document.title = `${headline.tone === "good" ? "" : `${SHAPES[headline.tone]} `}${headline.text} · LEVIBOT`;
}

const WORDS = {
  connecting: () => "connecting",
  live: () => "live",
  old: (age) => `reconnecting, last heard ${span(Math.floor(age))} ago`,
  lost: () => "reconnecting",
};

/** Say how the stream stands; what is not live is dimmed. */
export function link(name, age) {
  setText(byId("link"), WORDS[name](age));
  setAttribute(byId("link"), "data-link", name);
  byId("main").classList.toggle("dim", name === "old" || name === "lost");
}

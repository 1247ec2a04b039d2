// The five features that have drifted most, each beside the band in which it moves without any drift.

import { byId, h, s, setChildren } from "../dom.js";
import { fixed, plural } from "../words.js";
import { linear } from "../charts/scale.js";
import { draw, frame, showAge, showEmpty } from "./shared.js";

const OLD_S = 1900;
const HEIGHT = 14;
const LATER = "Nothing to compare yet: every 15 minutes, for models that were trained.";

export function drift(state) {
  const { drift: found } = state;
  const section = byId("drift");
  const body = section.querySelector(".body");
  showAge(section, found ? found.age_s : null, OLD_S);
  if (!found || !found.features.length) {
    showEmpty(body, state, found ? tooFew(found) : LATER);
    return;
  }
  const [list, note] = frame(body, () => h("ol", { class: "breaches" }), () => h("p", { class: "note" }));
  const top = Math.max(0.3, ...found.features.flatMap((one) => [one.psi, one.psi_limit ?? 0])) * 1.06;
  draw(list, found.features, () => found.features.map((one) => row(one, top)));
  const unknown = found.insufficient ? ` Too few rows: ${plural(found.insufficient, "symbol")}.` : "";
  setChildren(note, `PSI of ${found.model}; the band is what chance explains.${unknown}`);
}

const tooFew = ({ rows, symbols }) => `Too few rows to say: ${plural(rows, "row")} of ${plural(symbols, "symbol")}.`;

function row(one, top) {
  const beyond = one.psi_limit !== null && one.psi > one.psi_limit;
  const limit = one.psi_limit === null ? "no limit" : fixed(one.psi_limit, 2);
  const word = h("span", { class: beyond ? "bad-text" : null }, `${fixed(one.psi, 2)} of ${limit}`,
    h("small", { class: "ago" }, ` ${one.level ?? "not judged"}`));
  const name = h("span", { class: "what" }, one.feature, h("small", {}, one.symbol));
  return h("li", {}, name, bar(one, limit, top, beyond), word);
}

function bar({ psi, psi_limit: limit, feature }, word, top, beyond) {
  const x = linear(0, top, 0, 100);
  const label = `${feature}: PSI ${fixed(psi, 2)}, chance up to ${word}`;
  const size = { height: HEIGHT, viewBox: `0 0 100 ${HEIGHT}`, preserveAspectRatio: "none" };
  const band = limit === null ? [] : [
    s("rect", { class: "band", x: 0, y: 0, width: x(limit), height: HEIGHT }),
    s("rect", { class: "null-edge", x: x(limit) - 0.4, y: 0, width: 0.8, height: HEIGHT }),
  ];
  const kind = beyond ? "psi beyond" : "psi";
  const line = s("rect", { class: kind, x: 0, y: 4, width: Math.max(0.5, x(psi)), height: HEIGHT - 8 });
  return s("svg", { ...size, role: "img", "aria-label": label }, band[0], line, band[1]);
}

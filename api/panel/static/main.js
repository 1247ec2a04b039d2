// Starts the page: each part is given the whole state whenever a new one comes in.

import { byId } from "./dom.js";
import { startTheme } from "./theme.js";
import { Stream } from "./stream.js";
import { banner, link } from "./parts/banner.js";
import { desk } from "./parts/desk.js";
import { levels } from "./parts/levels.js";
import { guardrails } from "./parts/guardrails.js";
import { paper } from "./parts/paper.js";
import { reliability } from "./parts/reliability.js";
import { drift } from "./parts/drift.js";
import { symbols, startSymbols } from "./parts/symbols.js";
import { counters } from "./parts/counters.js";
import { actions } from "./parts/actions.js";
import { foot } from "./parts/foot.js";
import { control, startControl } from "./parts/control.js";

const PARTS = [banner, desk, levels, guardrails, paper, reliability, drift, symbols, counters, actions, foot, control];
let state = null;

function show() {
  if (state !== null) PARTS.forEach((part) => part(state));
}

startTheme();
startSymbols(show);
startControl(() => state);
new Stream((next) => { state = next; show(); }, link);

// charts are drawn to the pixel, so that their texts keep their size
let width = 0;
new ResizeObserver(() => {
  if (byId("main").clientWidth !== width) {
    width = byId("main").clientWidth;
    requestAnimationFrame(show);
  }
}).observe(byId("main"));

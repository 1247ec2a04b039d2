// The paper account: money, drawdown, the curve of a day.

import { byId, h, setChildren, term } from "../dom.js";
import { money, percent, plural, price, short, signed } from "../words.js";
import { lineChart } from "../charts/line.js";
import { draw, frame, showAge, showEmpty } from "./shared.js";

const HEIGHT = 128;
const SHOWN = 3;
const NONE_THERE = "There is no paper account. Start it with levibot run paper.";
const PARTS = [["dl", "figures"], ["div", "chart"], ["div", "positions"]];

export function paper(state) {
  const { paper: found } = state;
  const section = byId("paper");
  const body = section.querySelector(".body");
  showAge(section, found ? found.written_age_s : null);
  if (!found) {
    showEmpty(body, state, NONE_THERE);
    return;
  }
  const [figures, chart, positions] = frame(body, ...PARTS.map(([name, part]) => () => h(name, { class: part })));
  setChildren(figures, terms(found));
  draw(chart, [found.curve, found.total_equity], (width) => curve(found, width));
  setChildren(positions, h("p", { class: "note" }, holds(found.positions)), held(found.positions));
}

function terms(found) {
  const won = found.total_trades ? `${percent(found.win_rate)} won` : "";
  return [
    term("Equity", money(found.total_equity), { lead: true }),
    term("Profit and loss", signed(found.total_pnl), { note: found.limit_reached ? "daily loss limit reached" : "" }),
    term("1 day", signed(found.pnl_1d)),
    term("7 days", signed(found.pnl_7d)),
    term("Drawdown", percent(found.drawdown, 2), { note: `most ${percent(found.max_drawdown, 2)}` }),
    term("Trades", short(found.total_trades), { note: won }),
  ];
}

function holds(positions) {
  if (!positions.length) return "No open position.";
  return `${plural(positions.length, "position")}${positions.length > SHOWN ? `, of which the first ${SHOWN}` : ""}`;
}

function held(positions) {
  const rows = positions.slice(0, SHOWN).map((one) => h("li", {},
    h("span", {}, one.symbol),
    h("span", { class: "what" }, h("small", {}, `${short(one.qty)} at ${price(one.price)}`)),
    h("span", {}, signed(one.pnl_usd))));
  return rows.length ? h("ul", { class: "breaches" }, rows) : null;
}

function curve({ curve: points, total_equity: equity }, width) {
  if (points.length < 2) return h("p", { class: "empty" }, "The curve begins with the second point, after a minute.");
  const values = points.map((point) => point[1]);
  const pad = Math.max((Math.max(...values) - Math.min(...values)) * 0.12, equity * 0.0002);
  const [low, high] = [Math.min(...values) - pad, Math.max(...values) + pad];
  const peaks = points.map(([second, value, drawdown]) => [second, value / (1 - drawdown)]);
  const label = `Equity from ${money(values[0])} to ${money(values.at(-1))}; shaded: below the highest so far`;
  return lineChart(points, {
    width, height: HEIGHT, from: points[0][0], until: points.at(-1)[0], low, high,
    word: high - low < 10 ? money : short, label, gap: Infinity, below: peaks, ticks: 3,
  });
}

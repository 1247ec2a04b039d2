// The table of symbols; sortable by each column, stale rows dimmed and said to be stale.

import { byId, h, setAttribute, setList, setText } from "../dom.js";
import { fixed, NONE, price, signed, span, whole } from "../words.js";

const SHAPES = { BUY: "▲ BUY", SELL: "▼ SELL", HOLD: "– HOLD" };
const COLUMNS = [
  { name: "symbol", title: "Symbol", text: true, of: (row) => row.symbol },
  { name: "price", title: "Price", of: (row) => row.price },
  { name: "target", title: "Target 60 s", of: move },
  { name: "signal", title: "Signal", text: true, of: (row) => row.signal },
  { name: "confid", title: "Confidence", of: (row) => row.confid },
  { name: "age", title: "Age", of: (row) => row.age_s },
  { name: "reason", title: "Why", text: true, wide: true, of: (row) => row.reason },
  { name: "trade", title: "Last trade", wide: true, of: (row) => row.trade_age_s },
  { name: "ticks", title: "Ticks/min", wide: true, of: (row) => row.ticks_per_minute },
];
const sorting = { name: "symbol", down: false };

/** How far the target is from the price, in basis points. */
function move({ price: from, price_target: to }) {
  return from && to ? (to / from - 1) * 1e4 : null;
}

export function startSymbols(again) {
  const head = byId("symbols").querySelector("thead tr");
  head.append(...COLUMNS.map(({ name, title, text, wide }) => {
    const button = h("button", { type: "button" }, title);
    button.addEventListener("click", () => {
      sorting.down = sorting.name === name && !sorting.down;
      sorting.name = name;
      again();
    });
    const classes = [text ? "text" : null, wide ? "wide" : null].filter(Boolean).join(" ") || null;
    return h("th", { scope: "col", role: "columnheader", class: classes, "data-name": name }, button);
  }));
}

export function symbols({ symbols: rows }) {
  const section = byId("symbols");
  const list = sorted(rows ?? []);
  for (const head of section.querySelectorAll("th")) {
    const is = head.dataset.name === sorting.name;
    setAttribute(head, "aria-sort", is ? (sorting.down ? "descending" : "ascending") : null);
    const { title } = COLUMNS.find((one) => one.name === head.dataset.name);
    setText(head.firstElementChild, is ? `${title} ${sorting.down ? "↓" : "↑"}` : title);
  }
  const stale = list.filter((row) => row.stale).length;
  const count = stale ? `${whole(list.length)}, ${stale} stale` : whole(list.length);
  setText(section.querySelector(".count"), list.length ? count : "");
  section.querySelector("table").hidden = !list.length;
  const empty = section.querySelector(".empty");
  empty.hidden = list.length > 0;
  setText(empty, rows === null ? "Not known while Redis does not answer." : "No symbol has traded yet.");
  const key = (row) => `${row.shard} ${row.venue}:${row.symbol}`;
  setList(section.querySelector("tbody"), list, key, make, update);
}

function sorted(rows) {
  const { of } = COLUMNS.find((one) => one.name === sorting.name);
  const sign = sorting.down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [of(a), of(b)];
    if (left === null || right === null) return (left === null) - (right === null);
    const order = typeof left === "string" ? left.localeCompare(right) : left - right;
    return sign * order || a.symbol.localeCompare(b.symbol);
  });
}

function make() {
  const row = h("tr", { role: "row" }, COLUMNS.map(cell));
  row.querySelector(".target").append(h("span"), " ", h("small"));
  row.querySelector(".signal").append(h("span"), " ", h("small"));
  row.querySelector(".confid").append(h("meter", { min: 0.5, max: 1, "aria-hidden": "true" }), h("span"));
  return row;
}

function cell({ name, text, wide }) {
  const classes = [name, text ? "text" : null, wide ? "wide" : null].filter(Boolean).join(" ");
  return h("td", { role: "cell", class: classes, "data-label": LABELS[name] });
}

const LABELS = { target: "→", confid: "conf.", age: "age" };

function update(element, row) {
  setAttribute(element, "class", row.stale ? "stale" : null);
  const at = (name) => element.querySelector(`td.${name}`);
  setText(at("symbol"), row.venue ? `${row.venue}:${row.symbol}` : row.symbol);
  setText(at("price"), price(row.price));
  const [target, basis] = at("target").children;
  setText(target, price(row.price_target));
  setText(basis, move(row) === null ? "" : `${signed(move(row), 1)} bp`);
  const [signal, more] = at("signal").children;
  setText(signal, SHAPES[row.signal] ?? row.signal);
  setAttribute(signal, "class", `signal ${row.signal}`);
  setText(more, word(row));
  const [bar, confid] = at("confid").children;
  setAttribute(bar, "value", row.confid);
  setText(confid, fixed(row.confid, 2));
  setText(at("age"), row.stale ? `${span(row.age_s)} old` : span(row.age_s));
  setText(at("reason"), row.reason ?? NONE);
  setText(at("trade"), span(row.trade_age_s));
  setText(at("ticks"), whole(row.ticks_per_minute));
}

/** What keeps a signal from being acted upon, in a word. */
const word = (row) => ["killed", "stale", "fallback", "advisory"].find((name) => row[name]) ?? "";

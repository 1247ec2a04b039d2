// Who may trade what: kill, halt, canary, rollout, models; and who is there.

import { byId, setChildren, term } from "../dom.js";
import { NONE, percent, span } from "../words.js";
import { OLD_S } from "./shared.js";

export function desk(state) {
  const shown = state.desk;
  const terms = shown === null ? UNKNOWN.map((name) => term(name, NONE)) : [
    kill(shown), ...halt(shown), canary(shown), rollout(shown), model(shown), challenger(shown),
  ];
  setChildren(byId("desk"), ...terms, flow(state), guard(state), redis(state));
}

const UNKNOWN = ["Kill", "Canary", "Rollout", "Model"];

/** A value on which shards differ is not one value. */
const differs = (value, word) => (value === null ? "shards differ" : word(value));

function kill({ killed, killed_by: by, killed_models: models, killed_symbols: symbols }) {
  const scoped = [...(models ?? []), ...(symbols ?? [])];
  const text = differs(killed, (on) => (on ? "on" : scoped.length ? scoped.join(", ") : "off"));
  const tone = killed !== false || scoped.length ? "bad" : "";
  return term("Kill", text, { note: killed && by ? `by ${by}` : "", tone });
}

function halt({ halted }) {
  return halted === false ? [] : [term("Halt", differs(halted, () => "on"), { tone: "warn" })];
}

function canary({ canary: on, allow_symbols: allowed }) {
  const text = differs(on, (is) => (is ? (allowed ?? []).join(", ") || "no symbol" : "off"));
  return term("Canary", text, { tone: on ? "warn" : "" });
}

function rollout({ preview, fraction, rollout: run }) {
  const text = preview ? "preview" : differs(fraction, (share) => percent(share));
  const under = run && run.profile && run.state !== "idle";
  return term("Rollout", text, { note: under ? phase(run) : "no run", tone: run?.state === "paused" ? "warn" : "" });
}

function phase({ profile, phase: name, state, dwell_s: dwelt, dwell_of_s: of }) {
  const time = of ? `, ${span(dwelt)} of ${span(of)}` : "";
  return `${profile}: ${name || state}${name ? ` ${state}` : ""}${time}`;
}

function model({ model: name, model_version: version }) {
  return term("Model", differs(name, (one) => one), { note: version && version !== name ? version : "" });
}

function challenger({ challenger: name, share }) {
  return term("Challenger", name || NONE, { note: name ? `${percent(share)} of the symbols` : "" });
}

function flow({ executor, shards, redis: up }) {
  if (up === "down") return term("Flow", NONE);
  const note = shards && shards.known ? `${shards.online} of ${shards.known} shards` : "";
  return term("Flow", executor, { note, tone: executor === "online" ? "" : "warn" });
}

function guard({ guard: seen, redis: up }) {
  if (up === "down" || seen === null) return term("Guard", up === "down" ? NONE : "none");
  const silent = seen.age_s > OLD_S;
  return term("Guard", silent ? `silent for ${span(seen.age_s)}` : "watching", { tone: silent ? "warn" : "" });
}

const redis = ({ redis: up }) => term("Redis", up, { tone: up === "up" ? "" : "warn" });

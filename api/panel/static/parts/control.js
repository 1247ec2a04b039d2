// Kill and un-kill, for who is logged in and may. Where there is no gateway, there are no buttons.

import { byId, h, setChildren, setText } from "../dom.js";
import { fixed, plural } from "../words.js";
import { log } from "./session.js";
import { ask, closeOn } from "./asking.js";

const MAY_NOT = "Yetkiniz yok (your role may not do this)";
const NEEDED = { kill: "canKill", unkill: "canStart" };
const session = log();
let latest = () => null;

export function startControl(stateNow) {
  latest = stateNow;
  byId("log-in").addEventListener("click", () => logIn());
  byId("log-out").addEventListener("click", () => session.end().then(buttons));
  byId("kill").addEventListener("click", () => act(isKilled() ? "unkill" : "kill"));
  [byId("login"), byId("confirm")].forEach(closeOn);
  session.resume().then(buttons);
}

export function control() {
  buttons();
}

const isKilled = () => latest()?.desk?.killed === true;

function buttons() {
  const there = latest()?.control === true;
  const who = session.who;
  const kill = byId("kill");
  kill.hidden = !there;
  byId("log-in").hidden = !there || who !== null;
  byId("log-out").hidden = byId("user").hidden = !there || who === null;
  setText(byId("user"), who ? [...new Set([who.user, who.role])].join(", ") : "");
  setText(kill, isKilled() ? "Un-kill" : "Kill");
  kill.classList.toggle("danger", !isKilled());
  const may = who === null || who.permissions[NEEDED[isKilled() ? "unkill" : "kill"]];
  kill.disabled = !may;
  kill.title = may ? "" : MAY_NOT;
}

/** Ask for the key, and go on with what was wanted. */
function logIn(then = null) {
  ask({
    dialog: byId("login"),
    field: byId("key"),
    send: (key) => session.begin(key),
    done: () => {
      buttons();
      if (then !== null && !byId("kill").disabled) then();
      return null;
    },
  });
}

function act(cmd) {
  if (session.who === null) {
    logIn(() => act(cmd));
    return;
  }
  const dialog = byId("confirm");
  setText(byId("confirm-title"), cmd === "kill" ? "Kill everything?" : "End the kill?");
  setChildren(byId("confirm-what"), whatHappens(cmd).map((line) => h("li", {}, line)));
  setText(byId("reason-label"), cmd === "kill" ? "Reason (may be left empty)" : "Reason (goes on record)");
  byId("reason").required = cmd === "unkill";
  const yes = byId("confirm-yes");
  setText(yes, cmd === "kill" ? "Kill now" : "Un-kill");
  yes.className = cmd === "kill" ? "danger" : "primary";
  ask({
    dialog,
    field: byId("reason"),
    send: (reason) => session.post(`/admin/${cmd}`, reason ? { reason } : {}),
    done: (answer) => `${cmd === "kill" ? "Killed" : "Un-killed"}: ${acknowledged(answer)}`,
  });
}

function whatHappens(cmd) {
  const of = concerned(latest());
  return cmd === "kill" ? [
    `Every signal${of} becomes HOLD at once.`,
    `The paper account only closes${open(latest())}.`,
    "It holds across restarts, until somebody ends it with a reason.",
  ] : [
    `Signals${of} count again from the next second on.`,
    "The paper account may open positions again.",
  ];
}

/** How many that is; while Redis does not answer nobody knows, and a kill works all the same. */
function concerned({ redis, shards, symbols }) {
  return redis === "up" ? ` of ${plural(symbols.length, "symbol")} on ${plural(shards.known, "shard")}` : "";
}

const open = ({ paper }) => (paper ? `: ${plural(paper.positions.length, "open position")}` : "");

/** How long it took until the last shard had acknowledged. */
function acknowledged({ ms, shards }) {
  const each = shards ?? [];
  return `${plural(each.length, "shard")} acknowledged, the last after ${fixed(ms, 0)} ms.`;
}

// What this is, and where there is more.

import { byId, h, setChildren } from "../dom.js";

export function foot({ version, build_sha: sha }) {
  const words = [`LEVIBOT ${version}`, `build ${sha}`, "times are UTC"];
  setChildren(byId("foot"), words.map((word) => h("span", {}, word)), h("a", { href: "/docs" }, "paths of the API"));
}

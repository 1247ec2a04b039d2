// Light, dark, or as the system has it; kept in this browser.

import { byId, setAttribute, setText } from "./dom.js";

const ORDER = ["auto", "light", "dark"];

export function startTheme() {
  const button = byId("theme");
  let theme = document.documentElement.dataset.theme ?? "auto";
  const show = () => {
    setText(button.querySelector("span"), theme);
    setAttribute(button, "aria-label", `Theme: ${theme}`);
  };
  button.addEventListener("click", () => {
    theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem("levibot-theme", theme);
    } catch { /* a browser that keeps nothing begins with the system's theme */ }
    show();
  });
  show();
}

// Before anything is painted: the theme that was chosen here, else the system's.
try {
  const chosen = localStorage.getItem("levibot-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch { /* a browser that keeps nothing shows the system's theme */ }

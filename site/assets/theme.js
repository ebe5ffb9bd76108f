// Runs before the page is painted, so that a chosen scheme does not flash: everything else waits.
// The choice is "light" or "dark" in localStorage under "theme"; the documentation reads it too.
(() => {
  document.documentElement.dataset.script = "on"; // hides what is for readers without scripts
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; then the system's scheme counts.
  }
})();

// Runs before the page is painted, so that nothing flashes that does not stay: everything else waits.
// The choice is "light" or "dark" in localStorage under "theme"; the documentation reads it too.
(() => {
  // Hides what is for readers without scripts. A browser that is too old for ours is one without:
  // the newest thing that they need came in 2022.
  if ("noModule" in document.createElement("script") && Object.hasOwn && [].at) {
    document.documentElement.dataset.script = "on";
  }
  // The search page has the first of all servers in its HTML: they are none of an answer's.
  if (location.search) document.documentElement.dataset.asked = "";
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; then the system's scheme counts.
  }
})();

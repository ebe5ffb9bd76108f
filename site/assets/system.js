/** What belongs to the visitor's own operating system comes first. */

const SYSTEMS = [
  [/windows|win32/i, "Windows"],
  [/mac|iphone|ipad/i, "macOS"],
  [/linux|x11|android/i, "Linux"],
];

/** Put the paths of the visitor's system first, and open what is for Windows on Windows. */
export function ownSystem() {
  const system = systemOf(navigator.userAgentData?.platform || navigator.userAgent);
  if (!system) return;
  for (const place of document.querySelectorAll("[data-system]")) {
    if (place.dataset.system.includes(system)) place.parentElement.prepend(place);
  }
  if (system !== "Windows") return;
  for (const variant of document.querySelectorAll("[data-windows]")) variant.open = true;
}

/**
 * @param {string} text a platform, or what a browser calls itself
 * @returns {string} as the places of files name it, "" if nobody knows
 */
export function systemOf(text) {
  return SYSTEMS.find(([pattern]) => pattern.test(text))?.[1] ?? "";
}

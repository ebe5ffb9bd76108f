/**
 * What a phone needs of an install panel: its first form alone stands open, and what leads is a way
 * to the computer where the buttons of the clients work.
 */

/** Fit the page's install panels to narrow windows and to phones. */
export function phone() {
  const narrow = matchMedia("(max-width: 43.99rem)");
  const forms = [...document.querySelectorAll("details[data-later]")];
  const fit = () => forms.forEach((form) => (form.open = !narrow.matches));
  if (narrow.matches) fit();
  narrow.addEventListener("change", fit);
  const mobile = navigator.userAgentData?.mobile ?? /android|iphone|ipad/i.test(navigator.userAgent);
  const opens = document.querySelector(".clients .go a") !== null;
  for (const place of document.querySelectorAll("[data-share]")) {
    place.hidden = !opens || (!narrow.matches && !mobile);
    offer(place.querySelector("button"));
    if (mobile) lead(place);
  }
}

/** @param {HTMLButtonElement} button  Shares this page, or copies its address where nothing shares. */
function offer(button) {
  const page = { title: document.title, url: location.href };
  const shares = navigator.canShare?.(page) ?? false;
  button.textContent = shares ? "Share this page" : "Copy the address of this page";
  if (!shares) button.dataset.copyText = page.url; // copy.js does it
  else button.addEventListener("click", () => navigator.share(page).catch(() => {})); // it may be closed
}

/** @param {HTMLElement} place  Its button is the main one; those that open programs are not. */
function lead(place) {
  place.querySelector("button").classList.add("button-main");
  for (const link of document.querySelectorAll('.clients .button-main:not([href^="https:"])')) {
    link.classList.remove("button-main");
  }
}

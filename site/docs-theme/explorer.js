/**
 * Starts Swagger UI on the registry's own OpenAPI description, in the page's colour scheme.
 * The page names the description in `data-openapi`, relative to itself.
 */
const place = document.getElementById("explorer");
const page = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

function follow() {
  const chosen = page.dataset.theme;
  page.classList.toggle("dark-mode", chosen ? chosen === "dark" : dark.matches);
}

follow();
dark.addEventListener("change", follow);
new MutationObserver(follow).observe(page, { attributeFilter: ["data-theme"] });

window.SwaggerUIBundle({
  url: new URL(place.dataset.openapi, document.baseURI).href,
  domNode: place,
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  // The validator of swagger.io would be a request to a third party.
  validatorUrl: null,
});

/**
 * Starts Swagger UI on the registry's own OpenAPI description.
 * The page names the description in `data-openapi`, relative to itself.
 */
const place = document.getElementById("explorer");
window.SwaggerUIBundle({
  url: new URL(place.dataset.openapi, document.baseURI).href,
  domNode: place,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  // The validator of swagger.io would be a request to a third party.
  validatorUrl: null,
});

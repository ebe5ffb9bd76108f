// CloudFront function, runtime cloudfront-js-2.0, for the event "viewer request": the names of the
// API's documents, and queries as names of pages. CloudFront must pass on no query to S3, and have
// none in its cache key: the name says it all.
const prefix = {{ prefix|json }};
const cors = {
{% for name, value in cors.items() %}
  {{ name|lower|json }}: { value: {{ value|json }} },
{% endfor %}
};
const rules = [
{% for rule in rules %}
  [/{{ rule.pattern|replace("?P<page>", "?<page>")|replace("/", "\\/") }}/, {{ rule.target|json }}],
{% endfor %}
];

function listFile(query) {
  for (const [pattern, target] of rules) {
    const match = pattern.exec(query);
    if (match) return target.replace("{page}", match.groups ? match.groups.page : "");
  }
  return "servers/index.json";
}

function queryString(parameters) {
  return Object.keys(parameters).map((name) => `${name}=${parameters[name].value}`).join("&");
}

function handler(event) {
  const request = event.request;
  if (request.method === "OPTIONS") {
    return { statusCode: 204, statusDescription: "No Content", headers: cors };
  }
  // S3 takes a plus sign in a path for a space, as in a form.
  const path = request.uri.slice(prefix.length).replace(/%2F/gi, "/").replace(/\+/g, "%2B");
  const api = /^\/v0(?:\.1)?\/(.*?)\/?$/.exec(path);
{% if not config.api.v0 %}
  if (path.startsWith("/v0/")) return request;
{% endif %}
  if (api && api[1] === "servers") {
    request.uri = `/v0.1/${listFile(queryString(request.querystring))}`;
  } else if (api && api[1].startsWith("x/")) {
    request.uri = path;
  } else if (api) {
    request.uri = `/v0.1/${api[1]}/index.json`;
  } else {
    request.uri = path.endsWith("/") ? `${path}index.html` : path;
  }
  request.querystring = {};
  return request;
}

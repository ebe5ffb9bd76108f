/** The panel of a client, as site/templates/client.html has it for the first one. */

import { recipe, usable } from "./recipe.js";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

class Html {
  constructor(text) {
    this.text = text;
  }
}

/** A template of HTML: whatever is put into it is text, unless it is of such templates. */
function html(strings, ...values) {
  return new Html(strings.reduce((made, part, place) => made + written(values[place - 1]) + part));
}

function written(value) {
  if (Array.isArray(value)) return value.map(written).join("");
  if (value instanceof Html) return value.text;
  return value ? String(value).replace(/[&<>'"]/g, (character) => ESCAPES[character]) : "";
}

/**
 * @param {object} ways the data of a page: `server` and `launches`
 * @param {object} client a record of clients.js
 * @param {boolean} loud whether the first button leads
 * @returns {string} HTML
 */
export function panel({ server, launches }, client, loud) {
  const made = launches.map((launch) => ({ launch, made: recipe(server, launch.way, client) }));
  const ways = [...made.filter((way) => usable(way.made)), ...made.filter((way) => !usable(way.made))];
  const several = ways.length > 1;
  return html`<details class="client" name="client" id="client-${client.id}">
<summary>${client.title}</summary>
<div class="client-body">
${ways.map((way, place) => wayHtml(way, { several, first: place === 0, loud }))}</div>
</details>
`.text;
}

function wayHtml({ launch, made }, { several, first, loud }) {
  return html`${several ? html`<details class="recipe"${first && html` open`}>
<summary>${launch.title} <small>${launch.target}</small></summary>
` : html`<div class="recipe">
`}${launch.reason && !usable(made) && note(launch.reason)}${made.gaps.length > 0 && gapsHtml(made)}${launch.before && usable(made) && html`<p>First:</p>
<div class="snippet"><pre tabindex="0"><code>${launch.before.text}</code></pre>${copy()}</div>
${launch.before.windows && windowsHtml(launch.before.windows, html`<div class="snippet form">`)}`}${made.links.length > 0 && linksHtml(launch, made, loud)}${made.command && commandHtml(launch, made)}${made.file && fileHtml(launch, made)}${made.notes.map(note)}${several ? html`</details>
` : html`</div>
`}`;
}

const note = (text) => html`<p class="note">${text}</p>
`;
const copy = (what) => html`<button class="copy" type="button" data-copy hidden>Copy${what && html`<span class="hush"> ${what}</span>`}</button>`;

function gapsHtml({ gaps, links }) {
  const names = gaps.map((gap, place) => html`${place > 0 && ", "}<code>${gap}</code>`);
  return html`<p class="note gaps">Your own values go in place of ${names}${links.length > 0 && "; a button writes these words as they are"}.</p>
`;
}

function linksHtml({ id }, { links, command, file }, loud) {
  return html`<p class="go">
${links.map((link, place) => html`<a class="button${place === 0 && loud && " button-main"}" href="${link.href}" rel="nofollow noopener">${link.label}</a>
`)}</p>
${(command?.pieces.length || file?.pieces.length) > 0 && html`<p class="note" data-unswitched="${id}" hidden>A button leaves out what you have switched on: copy the text instead.</p>
`}`;
}

function commandHtml({ id }, { links, command }) {
  return html`<div class="snippet form"${!command.pieces.length && html` data-plain="${id}"`}><details open${links.length > 0 && " data-later"}><summary>Command</summary><pre tabindex="0"><code${pieces(id, command)}>${command.text}</code></pre></details>${copy("command")}</div>
${command.windows && windowsHtml(command.windows, html`<div class="snippet form" data-plain="${id}">`)}`;
}

function windowsHtml(text, start) {
  return html`${start}<details data-windows><summary>In PowerShell on Windows</summary><pre tabindex="0"><code>${text}</code></pre></details>${copy("command for PowerShell")}</div>
`;
}

function fileHtml({ id }, { links, command, file }) {
  return html`<div class="snippet form"><details open${(links.length > 0 || command) && " data-later"}><summary>Configuration file</summary>
<ul class="places">
${file.places.map(([system, path]) => html`<li data-system="${system}"><small>${system}</small> <code>${path}</code></li>
`)}</ul>
<pre tabindex="0"><code${pieces(id, file)}>${file.text}</code></pre></details>${copy("file")}</div>
`;
}

/** What switches.js needs to write a text anew. */
function pieces(id, text) {
  return text.pieces.length > 0 && html` data-of="${id}" data-pieces="${JSON.stringify(text.pieces)}"`;
}

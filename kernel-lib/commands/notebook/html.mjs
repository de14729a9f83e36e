/** Text as HTML: what every renderer here needs. */

/** @param {string} text */
export function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** @param {unknown} value JSON to stand inside a <script type="application/json"> */
export function scriptJson(value) {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}

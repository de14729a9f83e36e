/**
 * What a program printed, as a terminal would leave it: a carriage return overwrites the line, a backspace the
 * character before it, and ANSI colours become spans.
 */
import { escapeHtml } from "./html.mjs";

const names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
const escapes = new RegExp("\u001b\\[([0-9;?]*)([A-Za-z])|\u001b\\][^\u0007]*\u0007", "g");

/** @param {string} text @returns {string} HTML */
export function terminalHtml(text) {
  const settled = text.split("\n").map(settleLine).join("\n");
  let html = "";
  let open = false;
  let position = 0;
  for (const match of settled.matchAll(escapes)) {
    html += escapeHtml(settled.slice(position, match.index));
    position = match.index + match[0].length;
    if (match[2] !== "m") continue; // moves of the cursor mean nothing here
    if (open) html += "</span>";
    const style = styleOf(match[1]);
    open = style !== "";
    if (open) html += `<span class="${style}">`;
  }
  return html + escapeHtml(settled.slice(position)) + (open ? "</span>" : "");
}

/** @param {string} line */
function settleLine(line) {
  while (/[^\b]\x08/.test(line)) line = line.replace(/[^\b]\x08/, "");
  const parts = line.replace(/\r+$/, "").split("\r");
  return parts.reduce((shown, part) => part + shown.slice(part.length));
}

/** @param {string} codes of a "Select Graphic Rendition", as in 1;31 */
function styleOf(codes) {
  return codes
    .split(";")
    .map(Number)
    .map((code) => {
      if (code === 1) return "ansi-bold";
      const color = code >= 90 ? code - 90 : code - 30;
      return names[color] ? `ansi-${names[color]}` : "";
    })
    .filter(Boolean)
    .join(" ");
}

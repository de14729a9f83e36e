import { currentHost } from "../display/host.js";

/** Show something now, in the middle of a cell: as HTML in a notebook, as text elsewhere. */
export function print(text: string, html: string): void {
  const host = currentHost();
  if (host) host.show({ "text/html": html, "text/plain": text }, {});
  else console.log(text);
}

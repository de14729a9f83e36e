/** The names that cells find without an import, in the words of TypeScript. */

import { fileURLToPath } from "node:url";

const api = fileURLToPath(new URL("api.js", import.meta.url))
  .replaceAll("\\", "/")
  .replace(/\.js$/, "");

export const GLOBALS: string = `
/** Ask the reader for a line of text, and wait for it; null if there is none. */
declare function prompt(message?: string, defaultText?: string): string | null;
/** Ask the reader a question that has yes or no for an answer, and wait for it. */
declare function confirm(message?: string): boolean;
/** The notebook that this cell is in. */
declare const jupyter: import(${JSON.stringify(api)}).Jupyter;
`;

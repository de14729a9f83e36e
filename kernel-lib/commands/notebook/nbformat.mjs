/**
 * What a notebook file holds, read and written as Jupyter reads and writes it.
 *
 * In memory every text is one string; in a file a text is a list of lines, keys are sorted, the indent is one
 * space and a newline ends the file. So Jupyter's own save of an unchanged notebook changes nothing.
 * @see https://nbformat.readthedocs.io/en/latest/format_description.html (4.5)
 */
import { readFileSync, writeFileSync } from "node:fs";

/**
 * One way or several to show the same thing, by MIME type: text, or an object for a JSON type.
 * @typedef {Record<string, unknown>} MimeBundle
 */

/**
 * @typedef {{ output_type: "stream", name: "stdout" | "stderr", text: string }} StreamOutput
 * @typedef {{ output_type: "display_data", data: MimeBundle, metadata: Record<string, unknown> }} DisplayOutput
 * @typedef {{ output_type: "execute_result", data: MimeBundle, metadata: Record<string, unknown>,
 *   execution_count: number | null }} ResultOutput
 * @typedef {{ output_type: "error", ename: string, evalue: string, traceback: string[] }} ErrorOutput
 * @typedef {StreamOutput | DisplayOutput | ResultOutput | ErrorOutput} Output
 */

/**
 * @typedef {{ tags?: string[] } & Record<string, unknown>} CellMetadata
 * @typedef {{ cell_type: "markdown" | "raw", id: string, metadata: CellMetadata, source: string }} TextCell
 * @typedef {{ cell_type: "code", id: string, metadata: CellMetadata, source: string,
 *   execution_count: number | null, outputs: Output[] }} CodeCell
 * @typedef {TextCell | CodeCell} Cell
 * @typedef {{ cells: Cell[], metadata: Record<string, unknown>, nbformat: number, nbformat_minor: number }} Notebook
 */

/** What stock tslab and JupyterLab write into a TypeScript notebook, so that opening one does not change it. */
export const typescriptMetadata = {
  kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" },
  language_info: {
    codemirror_mode: { mode: "typescript", name: "javascript", typescript: true },
    file_extension: ".ts",
    mimetype: "text/typescript",
    name: "typescript",
    version: "3.7.2", // the number that stock tslab reports, whatever compiler it holds
  },
};

/**
 * Read a notebook from the text of its file.
 * @param {string} text
 * @param {string} [name] what to call the file in an error
 * @returns {Notebook}
 */
export function parseNotebook(text, name = "notebook") {
  /** @type {any} */
  let json;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`${name}: expected a notebook (JSON), got ${/** @type {Error} */ (error).message}`);
  }
  if (!Array.isArray(json?.cells) || json.nbformat !== 4) {
    throw new SyntaxError(
      `${name}: expected a notebook of format 4 with a list of cells, got format ${json?.nbformat}; ` +
        `save it once in JupyterLab or VS Code`,
    );
  }
  return {
    ...json,
    cells: json.cells.map((/** @type {any} */ cell, /** @type {number} */ index) => ({
      ...cell,
      id: cell.id ?? `cell-${index + 1}`, // ids came with format 4.5
      metadata: cell.metadata ?? {},
      source: joinLines(cell.source),
      ...(cell.cell_type === "code" && { outputs: (cell.outputs ?? []).map(joinOutput) }),
    })),
  };
}

/** @param {string} path @returns {Notebook} */
export function readNotebook(path) {
  return parseNotebook(readFileSync(path, "utf8"), path);
}

/**
 * The text of a notebook's file.
 * @param {Notebook} notebook
 * @returns {string}
 */
export function formatNotebook(notebook) {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: splitLines(cell.source),
    ...(cell.cell_type === "code" && { outputs: cell.outputs.map(splitOutput) }),
  }));
  return JSON.stringify(sortKeys({ ...notebook, cells }), null, 1) + "\n";
}

/** @param {string} path @param {Notebook} notebook */
export function writeNotebook(path, notebook) {
  writeFileSync(path, formatNotebook(notebook));
}

/** @param {Cell} cell @returns {string[]} */
export function tagsOf(cell) {
  return cell.metadata.tags ?? [];
}

/** @param {unknown} text @returns {any} */
function joinLines(text) {
  return Array.isArray(text) ? text.join("") : (text ?? "");
}

/** @param {string} text */
function splitLines(text) {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** JSON types hold JSON; every other type holds text, or bytes as base64 text. @param {string} mime */
function isJsonType(mime) {
  return mime === "application/json" || mime.endsWith("+json");
}

/** @param {MimeBundle} data @param {(value: any) => unknown} change */
function mapText(data, change) {
  return Object.fromEntries(
    Object.entries(data).map(([mime, value]) => [mime, isJsonType(mime) ? value : change(value)]),
  );
}

/** @param {any} output @returns {Output} */
function joinOutput(output) {
  if (output.output_type === "stream") return { ...output, text: joinLines(output.text) };
  if (output.output_type === "error") return output;
  return { ...output, metadata: output.metadata ?? {}, data: mapText(output.data ?? {}, joinLines) };
}

/** @param {Output} output @returns {unknown} */
function splitOutput(output) {
  if (output.output_type === "stream") return { ...output, text: splitLines(output.text) };
  if (output.output_type === "error") return output;
  return {
    ...output,
    data: mapText(output.data, (value) => (typeof value === "string" ? splitLines(value) : value)),
  };
}

/** @param {any} value @returns {any} */
function sortKeys(value) {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortKeys(value[key])]),
  );
}

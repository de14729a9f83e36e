import { rangeError } from "../tensor/errors.js";
import { damaged, openText, save, textOf, type Source } from "./source.js";

/*
 * CSV: a record a line, fields with a comma between them. A field that holds a comma, a quote or a line break stands in
 * quotes, and a quote within is written twice.
 * Source: RFC 4180. Line ends may be \r\n, \n or \r; empty lines are passed over.
 */

/** Fields in a file, enough for MNIST's 47 million. A line is a list of its own, with the memory of several fields. */
const MOST_FIELDS = 2 ** 26;
const FIELDS_A_LINE = 16;

/** A table of text. */
export interface CsvTable {
  /** The names in the first line; empty if the file has no such line. */
  columns: string[];
  /** The fields of each further line, as many as there are columns. */
  rows: string[][];
}

export interface CsvOptions {
  /** What stands between two fields, a comma unless given. */
  delimiter?: string;
  /** Whether the first line names the columns, as it does unless told otherwise. */
  header?: boolean;
}

/**
 * Read a table from a CSV file. Every field stays text: `Number(row[2])` makes a number of one.
 *
 * @param source path or bytes (UTF-8)
 * @throws {SyntaxError} with the byte offset, for a quote that is not closed, text behind a closing quote, a line with
 *         more or fewer fields than the first, or text that is not UTF-8
 * @throws {RangeError} for a delimiter that is not one character
 */
export function readCsv(source: Source, options: CsvOptions = {}): CsvTable {
  const { header = true } = options;
  const delimiter = checkedDelimiter("readCsv", options);
  const opened = openText("readCsv", source);
  const text = textOf("readCsv", opened);
  const mark = opened.bytes[0] === 0xef && text.charCodeAt(0) !== 0xfeff ? 3 : 0; // a BOM, which decoding takes away
  const fail = (at: number, expected: string, got: string): SyntaxError =>
    damaged("readCsv", opened.name, mark + new TextEncoder().encode(text.slice(0, at)).length, expected, got);

  const records: string[][] = [];
  const plainEnd = new RegExp(`[${delimiter === "\t" ? "\\t" : `\\${delimiter}`}\r\n]`, "g");
  let [at, fields] = [0, 0];
  while (at < text.length) {
    if (text[at] === "\n" || text[at] === "\r") {
      at++;
      continue;
    }
    const start = at;
    const record: string[] = [];
    for (;;) {
      let field: string;
      if (text[at] === '"') [field, at] = quoted(text, at, fail);
      else {
        plainEnd.lastIndex = at;
        const stop = plainEnd.exec(text)?.index ?? text.length;
        [field, at] = [text.slice(at, stop), stop];
      }
      record.push(field);
      if (text[at] !== delimiter) break;
      at++;
    }
    if (at < text.length && text[at] !== "\n" && text[at] !== "\r") {
      throw fail(at, "a delimiter or a line end behind a closing quote", JSON.stringify(text[at]));
    }
    if (records.length > 0 && record.length !== records[0].length) {
      throw fail(start, `${records[0].length} fields, as in the first line`, String(record.length));
    }
    fields += record.length + FIELDS_A_LINE;
    if (fields > MOST_FIELDS) {
      throw fail(at, `at most ${MOST_FIELDS} fields, counting ${FIELDS_A_LINE} more for each line`, "more");
    }
    records.push(record);
  }
  return { columns: header ? (records.shift() ?? []) : [], rows: records };
}

function quoted(
  text: string,
  start: number,
  fail: (at: number, expected: string, got: string) => SyntaxError,
): [field: string, end: number] {
  const parts: string[] = [];
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) throw fail(start, "a closing quote", "the end of the file");
    parts.push(text.slice(from, quote));
    if (text[quote + 1] !== '"') return [parts.join('"'), quote + 1];
    from = quote + 2;
  }
}

/**
 * Write a table as CSV. Numbers are written as JavaScript prints them; fields are quoted where they must be.
 *
 * @param table columns (an empty list writes no line of names) and rows
 * @param path  where to write, or nothing to get the bytes only
 * @returns the bytes (UTF-8)
 * @throws {RangeError} if a row has no fields, or more or fewer than the first line
 */
export function writeCsv(
  table: { columns: readonly string[]; rows: readonly (readonly (string | number)[])[] },
  path?: string,
  options: CsvOptions = {},
): Uint8Array {
  const delimiter = checkedDelimiter("writeCsv", options);
  const records = table.columns.length > 0 ? [table.columns, ...table.rows] : table.rows;
  const odd = records.find((record) => record.length === 0 || record.length !== records[0].length);
  if (odd) {
    throw rangeError("writeCsv", `${records[0].length || 1} fields in every row`, String(odd.length));
  }
  const quote = (field: string | number, alone: boolean): string => {
    const text = String(field);
    const plain = !text.includes(delimiter) && !/["\r\n]|^\ufeff/.test(text) && !(alone && text === "");
    return plain ? text : `"${text.replaceAll('"', '""')}"`;
  };
  const lines = records.map((record) =>
    record.map((field) => quote(field, record.length === 1)).join(delimiter),
  );
  return save(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")), path);
}

function checkedDelimiter(op: string, { delimiter = "," }: CsvOptions): string {
  if (typeof delimiter !== "string" || !/^[^"\r\nA-Za-z0-9]$/.test(delimiter)) {
    throw rangeError(op, "one character as delimiter, such as , ; or a tab", JSON.stringify(delimiter));
  }
  return delimiter;
}

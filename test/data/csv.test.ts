import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { data } from "kernel-lib";
import { afterAll, describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "csv-"));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string, options?: data.CsvOptions): data.CsvTable =>
  data.readCsv(new TextEncoder().encode(text), options);

describe("readCsv()", () => {
  test("takes the first line as the names of the columns", () => {
    expect(read("Id,Category\n0,bread\n1,\n")).toEqual({
      columns: ["Id", "Category"],
      rows: [["0", "bread"], ["1", ""]], // prettier-ignore
    });
    expect(read("a,b", { header: false })).toEqual({ columns: [], rows: [["a", "b"]] });
    expect(read("")).toEqual({ columns: [], rows: [] });
  });

  test("takes quotes away, and lets them hold commas, quotes and line breaks", () => {
    const text = 'a,b\r\n"x, y","say ""no"""\r\n"two\nlines",""\r\n';
    expect(read(text).rows).toEqual([["x, y", 'say "no"'], ["two\nlines", ""]]); // prettier-ignore
    expect(read('5" disk,"', { header: false, delimiter: ";" }).rows).toEqual([['5" disk,"']]); // in the middle it is a character
  });

  test("knows every line end, passes over empty lines and the mark at the start", () => {
    expect(read("\ufeffa\r\n\r\n1\r2\n\n").columns).toEqual(["a"]);
    expect(read("\ufeffa\r\n\r\n1\r2\n\n").rows).toEqual([["1"], ["2"]]);
  });

  test("takes another delimiter", () => {
    expect(read("a;b\n1,5;2", { delimiter: ";" }).rows).toEqual([["1,5", "2"]]);
    expect(read("a\tb\n1\t2", { delimiter: "\t" }).rows).toEqual([["1", "2"]]);
  });

  test("counts bytes, not characters, to the place of a fault", () => {
    expect(() => read('\ufeff面,b\n"饭')).toThrow("readCsv: expected a closing quote, got the end of the file (13 bytes, byte 9)"); // prettier-ignore
  });
});

describe("writeCsv()", () => {
  test("quotes what must be quoted, and nothing else", () => {
    const path = join(folder, "x.csv");
    data.writeCsv({ columns: ["Id", "a,b"], rows: [[0, 'say "no"'], [1.5, ""]] }, path); // prettier-ignore
    expect(data.readCsv(path, { header: false, delimiter: "|" }).rows).toEqual([['Id,"a,b"'], ['0,"say ""no"""'], ["1.5,"]]); // prettier-ignore
  });

  test.each([",", ";", "\t"])("and readCsv() give back every table, with %j between fields", (delimiter) => {
    const unit = fc.constantFrom("a", "面", "😀", " ", ",", ";", "\t", '"', "\n", "\r", "\ufeff");
    const field = fc.string({ maxLength: 4, unit });
    const table = fc.integer({ min: 1, max: 3 }).chain((width) => {
      const row = fc.array(field, { minLength: width, maxLength: width });
      return fc.record({ columns: row, rows: fc.array(row, { maxLength: 4 }) });
    });
    fc.assert(
      fc.property(table, (each) => {
        expect(data.readCsv(data.writeCsv(each, undefined, { delimiter }), { delimiter })).toEqual(each);
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});

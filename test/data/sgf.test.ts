import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { data } from "kernel-lib";
import { afterAll, describe, expect, test } from "vitest";
import { ascii, joined } from "./damage";

const folder = mkdtempSync(join(tmpdir(), "sgf-"));
afterAll(() => rmSync(folder, { recursive: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string): data.SgfGame[] => data.readSgf(bytes(text));
/** The plays in short: `B 4,4`, `W pass`, `+B 2,6` for setup. */
const short = (game: data.SgfGame): string[] =>
  game.plays.map(
    ({ color, point, setup }) => `${setup ? "+" : ""}${color[0].toUpperCase()} ${point ?? "pass"}`,
  );

describe("readSgf()", () => {
  test("reads moves as row and column from the upper left corner", () => {
    const [game] = read("(;FF[4]GM[1]SZ[9]KM[6.5];B[ea];W[ai])");
    expect([game.size, short(game)]).toEqual([[9, 9], ["B 0,4", "W 8,0"]]); // prettier-ignore
    expect(game.root.properties).toEqual({ FF: ["4"], GM: ["1"], SZ: ["9"], KM: ["6.5"] });
  });

  test("knows both ways to pass, and that tt is a point on a large board", () => {
    expect(short(read("(;SZ[19];B[];W[tt];B[ss])")[0])).toEqual(["B pass", "W pass", "B 18,18"]);
    expect(short(read("(;SZ[21];B[];W[tt])")[0])).toEqual(["B pass", "W 19,19"]);
  });

  test("keeps variations in the tree, and follows the first as the main line", () => {
    const [game] = read("(;SZ[9];B[aa](;W[bb];B[cc])(;W[dd](;B[ee])(;B[ff])))");
    expect(short(game)).toEqual(["B 0,0", "W 1,1", "B 2,2"]);
    const [, other] = game.root.children[0].children;
    expect([other.properties.W, other.children.map((child) => child.properties.B)]).toEqual([["dd"], [["ee"], ["ff"]]]); // prettier-ignore
  });

  test("puts handicap stones and whole rectangles on the board, and clears points", () => {
    const [game] = read("(;SZ[9]AB[gc][cg]AW[aa:bb]AE[ii];B[ee]AB[ab])");
    expect(short(game)).toEqual(["+B 2,6", "+B 6,2", "+W 0,0", "+W 0,1", "+W 1,0", "+W 1,1", "+E 8,8", "+B 1,0", "B 4,4"]); // prettier-ignore
  });

  test("reads boards that are not square, and the letters beyond z", () => {
    expect(read("(;SZ[5:7])")[0].size).toEqual([7, 5]);
    expect(short(read("(;SZ[52];B[ZA])")[0])).toEqual(["B 26,51"]);
    expect(read("(;)")[0].size).toEqual([19, 19]);
  });

  test("takes escapes away: a bracket, a backslash, a broken line", () => {
    const [game] = read("(;C[a\\]b\\\\c\\:d]N[one\\\ntwo\\\r\nthree\nfour])");
    expect(game.root.properties).toEqual({ C: ["a]b\\c:d"], N: ["onetwothree\nfour"] });
  });

  test("reads several games, with spaces and words around them", () => {
    const games = read("From: someone\n( ;SZ[9] ; B [aa] [] )\nand\n(;W[cc])".replace(" []", ""));
    expect(games.map(short)).toEqual([["B 0,0"], ["W 2,2"]]);
    expect(read("(;B[aa]) and no more").map(short)).toEqual([["B 0,0"]]);
  });

  test("reads values in UTF-8, in Latin-1 where they are not, and names with small letters", () => {
    expect(read("(;PB[吴清源])")[0].root.properties.PB).toEqual(["吴清源"]);
    const latin = Uint8Array.from([...bytes("(;PlayerBlack[J"), 0xf6, ...bytes("rg])")]);
    expect(data.readSgf(latin)[0].root.properties).toEqual({ PB: ["Jörg"] });
  });

  test("reads the encoding that CA names, also where a character's second byte looks like a bracket", () => {
    const named = (encoding: string, ...name: number[]): unknown =>
      data.readSgf(joined(ascii(`(;CA[${encoding}]PB[`), name, ascii("];B[aa])")))[0].root.properties.PB;
    expect(named("GB2312", 0xce, 0xe2, 0xc7, 0xe5, 0xd4, 0xb4)).toEqual(["吴清源"]);
    expect(named("gbk", 0x82, 0x5d, 0x9d, 0x5c)).toEqual(["俔漒"]);
    expect(named("Big5", 0xb3, 0x5c)).toEqual(["許"]);
    expect(named("UTF-8", 0xe7, 0x9f, 0xb3)).toEqual(["石"]);
    expect(named("UTF-16", 0x61)).toEqual(["a"]); // not with brackets of one byte: the program meant something else
    expect(named("nothing known", 0x61)).toEqual(["a"]);
  });

  test("counts bytes, not characters, to the place of a fault", () => {
    const text = joined(ascii("(;CA[gbk]PB["), [0xce, 0xe2, 0xc7, 0xe5], ascii("]*)"));
    expect(() => data.readSgf(text)).toThrow('got "*" (19 bytes, byte 17)');
    expect(() => read("(;PB[吴清]*)")).toThrow('got "*" (14 bytes, byte 12)');
    expect(() => read("(;PB[😀](;B[吴清])")).toThrow("got the end of the file (22 bytes, byte 22)");
  });

  test("leaves the plays of another game than Go alone", () => {
    expect(read("(;GM[2]SZ[8];B[whatever])")[0].plays).toEqual([]);
  });

  test("reads a game of 5,000 positions", () => {
    const [game] = read(`(${";B[aa];W[]".repeat(2500)})`);
    expect(game.plays.length).toBe(5000);
  });
});

describe("writeSgf()", () => {
  test("writes variations in brackets and escapes what ends a value", () => {
    const path = join(folder, "x.sgf");
    const text = "(;C[a\\]b\\\\](;B[aa];W[bb])(;B[cc]))\n";
    expect(data.writeSgf(read(text), path)).toEqual(bytes(text));
    expect(data.readSgf(path)).toEqual(read(text));
  });

  test("names the encoding that it writes", () => {
    const games = data.readSgf(joined(ascii("(;CA[gbk]PB["), [0xce, 0xe2], ascii("])")));
    expect(data.readSgf(data.writeSgf(games))[0].root.properties).toEqual({ CA: ["UTF-8"], PB: ["吴"] });
  });

  test("and readSgf() give back every tree", () => {
    const value = fc.string({ maxLength: 5, unit: fc.constantFrom("a", "]", "[", "\\", ":", "(", ";", "\n", "石", "ö", " ") }); // prettier-ignore
    const properties = fc.dictionary(fc.constantFrom("C", "N", "AP", "XY", "LB"), fc.array(value, { minLength: 1, maxLength: 3 }), { maxKeys: 3 }); // prettier-ignore
    const { node } = fc.letrec<{ node: data.SgfNode; branch: data.SgfNode; leaf: data.SgfNode }>((tie) => ({
      node: fc.oneof({ maxDepth: 5 }, tie("leaf"), tie("branch")),
      branch: fc.record({ properties, children: fc.array(tie("node"), { minLength: 1, maxLength: 3 }) }),
      leaf: fc.record({ properties, children: fc.constant([]) }),
    }));
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 3 }), (roots) => {
        const games = roots.map((root) => ({ root }));
        expect(JSON.stringify(data.readSgf(data.writeSgf(games)).map(({ root }) => ({ root })))).toBe(JSON.stringify(games));
      }),
      { seed: 7, numRuns: 200 },
    ); // prettier-ignore
  });
});

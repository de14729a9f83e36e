import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import ts from "typescript";
import { beforeAll, describe, expect, test } from "vitest";
import { library } from "../../kernel-lib/commands/steps/library.mjs";

// What is loaded, and when: files are counted and weighed, for a time would say more about the machine.

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "kernel-lib", "dist");
const textOf = (file: string): string => readFileSync(join(dist, file), "utf8");
const modulesIn = (folder: string): string[] =>
  (readdirSync(join(dist, folder), { recursive: true }) as string[])
    .map((file) => posix.join(folder, file.replaceAll("\\", "/")))
    .filter((file) => file.endsWith(".js"));

/** What a file imports, at once or later. */
const importsOf = (file: string): string[] =>
  ts.preProcessFile(textOf(file)).importedFiles.map(({ fileName }) => fileName);

/** A file and all that it imports at once, in `dist`. */
function loadedWith(file: string): string[] {
  const found = new Set([file]);
  for (const each of found) {
    for (const [, name] of textOf(each).matchAll(/(?:\bfrom|\bimport)\s*"(\.[^"]+)"/g)) {
      found.add(posix.join(posix.dirname(each), name));
    }
  }
  return [...found];
}

beforeAll(() => library(), 120_000);

describe("the library for Node", () => {
  /** Files that a process loads for a script, of the library and of packages; Node's own are not counted. */
  function loadedFor(script: string): string[] {
    const watched = `
      const { Session } = require("node:inspector");
      const session = new Session();
      const urls = [];
      session.connect();
      session.on("Debugger.scriptParsed", ({ params }) => urls.push(params.url));
      session.post("Debugger.enable");
      urls.length = 0; // what was there before
      const kernelLib = require("kernel-lib");
      ${script}
      console.log(JSON.stringify(urls.filter((url) => /^(file:|[/\\\\]|[A-Z]:)/.test(url))));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", watched], { cwd: root, encoding: "utf8" });
    expect(stderr.replace(/.*ExperimentalWarning.*\n.*\n/, "")).toBe("");
    return (JSON.parse(stdout) as string[]).map((url) => url.replaceAll("\\", "/"));
  }
  const nameOf = (url: string): string => url.replace(/^.*\/kernel-lib\/dist\//, "");

  test("is three files, and no package", () => {
    expect(loadedFor("").map(nameOf).sort()).toEqual(["display/language.js", "index.js", "node/library.js"]);
  });

  test("loads the decoder of a picture with the first picture", () => {
    const picture = 'kernelLib.data.readImage("test/data/made/rgb.png");';
    const packages = loadedFor(picture).map((url) => /node_modules\/([^/]+)/.exec(url)?.[1]);
    expect(new Set(packages.filter((name) => name && name !== "kernel-lib"))).toEqual(new Set(["pngjs"]));
  });

  test("shares every file with the kernel that both use, and holds none of them a second time", () => {
    const kernels = new Set(modulesIn("jupyter").flatMap(loadedWith));
    const shared = [...kernels].filter((file) => !file.startsWith("jupyter/"));
    expect(shared).toContain("display/language.js");
    const own = modulesIn("node").map(textOf).join("\n");
    for (const file of shared) {
      const [name] = /(?<=^(?:export )?(?:async )?(?:function|class) )\w+/m.exec(textOf(file))!;
      expect(own, `${name} of ${file}`).not.toMatch(new RegExp(`^(async )?(function|class) ${name}\\b`, "m"));
    }
  });

  test("imports no file that is not there, and leaves none behind that nobody loads", () => {
    const reached = new Set(["index.js", "browser.js", ...modulesIn("jupyter")]);
    for (const file of reached) {
      const imports = importsOf(file).filter((name) => name.startsWith("."));
      for (const name of imports) reached.add(posix.join(posix.dirname(file), name));
    }
    expect([...reached].sort()).toEqual(modulesIn(".").sort());
  });
});

describe("the library for a page", () => {
  const atOnce = (): string[] => loadedWith("browser.js");
  const all = (): string[] => ["browser.js", ...modulesIn("browser")];

  /** Kilobytes (1,000 bytes), gzipped, that a page may begin with, and where there is SIMD. */
  const MOST = 60;
  const MOST_WITH_SIMD = 84;
  const WASM = "browser/wasm.js";
  const kilobytes = (files: string[]): number =>
    files.reduce((sum, file) => sum + gzipSync(textOf(file), { level: 9 }).length, 0) / 1000;

  test(`begins with at most ${MOST} kB`, () => expect(kilobytes(atOnce())).toBeLessThan(MOST));

  test(`begins with at most ${MOST_WITH_SIMD} kB where there is SIMD`, () => {
    expect(atOnce()).not.toContain(WASM);
    expect(loadedWith(WASM).filter((file) => !atOnce().includes(file))).toEqual([WASM]);
    expect(kilobytes([...atOnce(), WASM])).toBeLessThan(MOST_WITH_SIMD);
  });

  test("waits for nothing that waits for it", () => {
    const script =
      'import("./kernel-lib/dist/browser.js").then(({ backend }) => console.log(backend.list()))';
    const { stdout } = spawnSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" });
    expect(stdout).toBe("[ 'reference', 'wasm' ]\n");
  });

  /** A sentence of every part that is loaded on its first use, or only where there is SIMD. */
  test.each([
    ["the threads of wasm", "what was computed last is lost"],
    ["the chains of wasm", "gradOutput.mask"],
    ["readIdx", "two zero bytes"],
    ["readCsv", "a closing quote"],
    ["readImage", "the eight bytes that begin a PNG"],
    ["readZip", "the end record of a ZIP archive"],
    ["readSgf", "an archive in one part"],
    ["loadSafetensors", "data_offsets of"],
    ["train.fit", "a finite loss"],
    ["checkpoints", "to be a checkpoint of version 1"],
    ["check", "not attempted yet"],
    ["quiz", "think again about"],
  ])("loads %s later", (_, sentence) => {
    const holders = all().filter((file) => textOf(file).includes(sentence));
    expect(holders).toHaveLength(1);
    expect(atOnce()).not.toContain(holders[0]);
  });

  test("asks for no module of Node's and no package", () => {
    for (const file of all()) {
      const text = textOf(file);
      expect(text.match(/["'`]node:.{0,20}/g) ?? [], file).toEqual([]);
      expect(importsOf(file).filter((name) => !name.startsWith("./")), file).toEqual([]); // prettier-ignore
    }
  });
});

// Which of V8's experiments are switched on: those that a Node takes without a word, that are right, and faster.

import { fork } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { engineFlags } from "../../kernel-lib/commands/steps/engineFlags.mjs";
import { ROOT } from "../../kernel-lib/commands/steps/paths.mjs";
import { speak } from "../../kernel-lib/commands/steps/say.mjs";
import { features } from "../../kernel-lib/src/backend/wasm/features";
import { compiled } from "../support/compiled";
import { put, scratchFolder } from "./scratch.js";

const onPosix = describe.skipIf(process.platform === "win32"); // a script stands in for Node

beforeEach(() => {
  speak("en");
  vi.spyOn(console, "log").mockImplementation(() => {});
});

/** A Node that does what its flags are called, and notes how it was started. */
const FAKE = `#!${process.execPath}
const flags = process.argv.filter((each) => each.startsWith("--"));
require("node:fs").appendFileSync(__dirname + "/starts", flags.join(" ") + "\\n");
const has = (word) => flags.some((flag) => flag.includes(word));
if (has("unknown")) process.exit(9);
if (has("noisy")) console.error("Warning: this is an experiment");
const speed = flags.filter((flag) => flag.includes("fast")).length - flags.filter((flag) => flag.includes("slow")).length;
process.on("message", (what) => {
  if (has("silent")) return;
  if (has("crash") && what === "compare") process.kill(process.pid, "SIGSEGV");
  else process.send(what === "time" ? 10 * 0.5 ** speed : has("wrong") ? 0.01 : has("nan") ? NaN : 1e-6);
});
`;

/** A Node, a project with a build of the library, and a learner's folder. */
function fake() {
  const folder = scratchFolder();
  const [program, root, work] = [join(folder, "node"), join(folder, "project"), join(folder, "work")];
  writeFileSync(program, FAKE);
  chmodSync(program, 0o755);
  put(root, "kernel-lib/dist/.built-from", "these sources");
  const starts = () => readFileSync(join(folder, "starts"), "utf8").split("\n").slice(0, -1);
  const flags = (candidates: string[], more: object = {}) =>
    engineFlags({ root, work, program, version: "v20.1.0", candidates, ...more });
  return { root, work, starts, flags };
}

onPosix("engineFlags()", () => {
  test("keeps a flag that is right and clearly faster", async () => {
    expect(await fake().flags(["--fast"])).toEqual(["--fast"]);
  });

  test.each([
    ["this Node does not know", "--fast-unknown"],
    ["crashes it", "--fast-crash"],
    ["gives a wrong number", "--fast-wrong"],
    ["gives what is no number", "--fast-nan"],
    ["makes it complain", "--fast-noisy"],
    ["makes it slower", "--slow"],
    ["makes no difference", "--same"],
  ])("drops a flag that %s", async (_, flag) => {
    expect(await fake().flags([flag])).toEqual([]);
  });

  test("waits for a Node that does not answer no longer than it has patience", async () => {
    expect(await fake().flags(["--fast-silent"], { patienceMs: 300 })).toEqual([]);
  });

  test("tries each beside those that have passed", async () => {
    const { flags, starts } = fake();
    expect(await flags(["--fast-1", "--same", "--fast-2"])).toEqual(["--fast-1", "--fast-2"]);
    const pairs = [["", "--fast-1"], ["--fast-1", "--fast-1 --same"], ["--fast-1", "--fast-1 --fast-2"]]; // prettier-ignore
    expect(starts().sort()).toEqual(pairs.flat().sort());
  });

  test("tries once, and again when Node, the library or the list is another", async () => {
    const { root, flags, starts } = fake();
    expect(await flags(["--fast"])).toEqual(["--fast"]);
    const once = starts().length;
    expect(await flags(["--fast"])).toEqual(["--fast"]);
    expect(starts()).toHaveLength(once);
    await flags(["--fast"], { version: "v22.1.0" });
    expect(starts()).toHaveLength(2 * once);
    put(root, "kernel-lib/dist/.built-from", "other sources");
    await flags(["--fast"], { version: "v22.1.0" });
    expect(starts()).toHaveLength(3 * once);
    expect(await flags(["--same"], { version: "v22.1.0" })).toEqual([]);
    expect(starts()).toHaveLength(4 * once);
  });

  test("tries again when what it kept is damaged", async () => {
    const { work, flags } = fake();
    put(work, ".engine-flags.json", '{ "about": {');
    expect(await flags(["--fast"])).toEqual(["--fast"]);
  });
});

describe("the self-test", () => {
  const library = compiled();
  afterAll(() => library.remove());
  const script = join(ROOT, "kernel-lib/commands/steps/engineSelfTest.mjs");

  async function ask(flags: string[] = []): Promise<[number, number]> {
    const child = fork(script, [library.url], { execArgv: flags });
    onTestFinished(() => void child.kill("SIGKILL"));
    const answer = async (what: string): Promise<number> => {
      child.send(what);
      return (await once(child, "message"))[0] as number;
    };
    return [await answer("time"), await answer("compare")];
  }

  test("gives a time, and numbers that are near the reference's but not the same", async () => {
    const flags = features().fma ? [] : ["--experimental-wasm-relaxed-simd"];
    for (const each of [[], flags]) {
      const [ms, difference] = await ask(each);
      expect(ms).toBeGreaterThan(0);
      expect(difference).toBeGreaterThan(0);
      expect(difference).toBeLessThan(2e-5);
    }
  });

  test("notices a product that is wrong", async () => {
    appendFileSync(
      join(library.folder, "lib/backend/wasm/routines/tile.js"),
      "\nRegisters.prototype.column = Registers.prototype.sum;\n",
    );
    expect((await ask())[1]).toBeGreaterThan(0.01);
  });
});

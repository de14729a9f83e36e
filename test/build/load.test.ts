import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { library } from "../../kernel-lib/commands/steps/library.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Run a script in a process of its own, as a notebook's kernel would. */
function node(
  script: string,
  type: "commonjs" | "module",
): { stdout: string; stderr: string; status: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [`--input-type=${type}`, "-e", script], { cwd: root, encoding: "utf8" }); // prettier-ignore
  return { stdout, stderr, status };
}

describe("the built library", () => {
  beforeAll(() => library(), 120_000);

  test("is required and imported as one: both ways lead to the same Tensor, and nothing is said", () => {
    const script = `
      const required = require("kernel-lib");
      import("kernel-lib").then((imported) => {
        const x = required.tensor([1, 2]);
        console.log(required.Tensor === imported.Tensor, x instanceof imported.Tensor, imported.F.relu(x).toArray());
      });`;
    expect(node(script, "commonjs")).toEqual({ stdout: "true true [ 1, 2 ]\n", stderr: "", status: 0 });
  });

  test("is the same in the other order, from a module", () => {
    const script = `
      import { createRequire } from "node:module";
      const imported = await import("kernel-lib");
      const required = createRequire(process.cwd() + "/").call(null, "kernel-lib");
      console.log(required.Tensor === imported.Tensor, required.backend === imported.backend);`;
    expect(node(script, "module")).toEqual({ stdout: "true true\n", stderr: "", status: 0 });
  });

  test("holds what the sources hold", async () => {
    const script = `
      const walk = (part) => Object.keys(part).sort().map((name) =>
        part[name]?.[Symbol.toStringTag] === "Module" ? [name, walk(part[name])] : name);
      console.log(JSON.stringify(walk(await import("kernel-lib"))));`;
    const walk = (part: object): unknown[] =>
      Object.entries(part)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => (isModule(value) ? [name, walk(value)] : name));
    const isModule = (value: unknown): value is object =>
      typeof value === "object" &&
      value !== null &&
      (value as Record<symbol, unknown>)[Symbol.toStringTag] === "Module";
    expect(JSON.parse(node(script, "module").stdout)).toEqual(walk(await import("kernel-lib")));
  });

  test("reads its data, prints and trains from where it lies", () => {
    const script = `
      const { data, nn, manualSeed } = require("kernel-lib");
      manualSeed(1);
      console.log(data.digits().images.shape, String(new nn.Sequential(new nn.ReLU())));`;
    expect(node(script, "commonjs")).toEqual({
      stdout: "[ 1797, 1, 8, 8 ] Sequential(\n  (0): ReLU()\n)\n",
      stderr: "",
      status: 0,
    });
  });
});

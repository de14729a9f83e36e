// What the files of the project say about each other, and what they must not say.

import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../../kernel-lib/commands/steps/paths.mjs";

const read = (name: string) => readFileSync(join(ROOT, name), "utf8");
const PACKAGES = ["package.json", "kernel-lib/package.json"];
const python = "kernel-lib/commands/python";

/** "jupyterlab==4.6.6" → ["jupyterlab", "4.6.6"], names as Python compares them. */
const pins = (text: string) =>
  [...text.matchAll(/^([A-Za-z0-9._-]+)==([^\s;\\]+)/gm)].map(([, name, version]) => [plain(name), version]);
const plain = (name: string) => name.toLowerCase().replace(/[._]/g, "-");

const npmPins = PACKAGES.flatMap((file) => {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(read(file));
  return Object.entries<string>({ ...dependencies, ...devDependencies });
});

describe("versions", () => {
  test("of npm packages are exact", () => {
    for (const [name, version] of npmPins) expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  });

  test.each([
    ["requirements", 90],
    ["requirements-test", 40],
  ])("of Python packages are those of %s.in, each with its hashes", (name, least) => {
    const lock = read(`${python}/${name}.txt`);
    expect(pins(lock)).toEqual(expect.arrayContaining(pins(read(`${python}/${name}.in`))));
    const entries = lock.split(/^(?=[a-z0-9])/m).filter((entry) => /^[a-z0-9]/.test(entry));
    expect(entries.length).toBeGreaterThan(least as number);
    for (const entry of entries)
      expect(entry, entry.split(" ")[0]).toMatch(/^\S+==\S+.*\\\n( +--hash=sha256:\w{64})/);
  });

  test("in environment.yml are those of requirements.in", () => {
    const wanted = new Map(pins(read(`${python}/requirements.in`)) as [string, string][]);
    const conda = [...read("environment.yml").matchAll(/^ +- ([\w-]+)==?([\d.a-z]+)$/gm)];
    const listed = new Map(conda.map(([, name, version]) => [plain(name), version]));
    for (const name of ["anywidget", "jupyterlab", "nbgrader", "plotly", "jupyterlab-language-pack-zh-cn"]) {
      expect(listed.get(name), name).toBe(wanted.get(name));
    }
    expect(read("environment.yml")).toContain("nodejs>=20.19");
    expect(JSON.parse(read("package.json")).engines.node).toBe(">=20.19");
  });

  test("in DEPENDENCIES.md name every package, with the version in use", () => {
    const table = read("DEPENDENCIES.md");
    const rows = [...table.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)].map(([, name, version]) => [
      plain(name),
      version.trim(),
    ]);
    const pythonPins = ["requirements.in", "requirements-test.in"].flatMap((file) =>
      pins(read(`${python}/${file}`)),
    );
    const all = [...npmPins, ...pythonPins].map(([name, version]) => [plain(name), version]);
    for (const pin of all) expect(rows).toContainEqual(pin);
    for (const row of rows) expect(all, "no row for a package that is gone").toContainEqual(row);
  });
});

test("every npm script says what it does, and its file is there", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const [name, script] of Object.entries(scripts)) {
    const [, title, file] = /^node --title="(.{10,})" (\S+\.mjs)$/.exec(script) ?? [];
    expect(title, name).toBeDefined();
    expect(existsSync(join(ROOT, file)), file).toBe(true);
  }
});

test("every command that README.md and CONTRIBUTING.md give exists", () => {
  const { scripts } = JSON.parse(read("package.json"));
  for (const file of ["README.md", "CONTRIBUTING.md"]) {
    for (const [, name] of read(file).matchAll(/npm run ([\w:]+)/g))
      expect(Object.keys(scripts)).toContain(name);
  }
});

test("every file and folder that README.md and CONTRIBUTING.md link to exists", () => {
  for (const file of ["README.md", "CONTRIBUTING.md"]) {
    for (const [, target] of read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(existsSync(join(ROOT, target)), `${file}: ${target}`).toBe(true);
    }
  }
});

test.each(["postBuild", ".ci/run"])("%s can be run, and bash can read it", (name) => {
  accessSync(join(ROOT, name), constants.X_OK);
  execFileSync("bash", ["-n", join(ROOT, name)]);
});

test("the package lock names no server", () => {
  expect(read("package-lock.json")).not.toMatch(/"resolved": "https?:/);
  for (const name of ["requirements.txt", "requirements-test.txt"]) {
    expect(read(`${python}/${name}`), name).not.toMatch(/:\/\/|^--/m);
  }
});

test("no file speaks of the machine it was written on", () => {
  const names = execFileSync("git", ["-C", ROOT, "ls-files", "-z"], { encoding: "utf8" })
    .split("\0")
    .filter(Boolean);
  // A home folder, a scratch folder, or the place of this very checkout.
  const place = new RegExp(["/(home|Users)/[a-z]\\w*/", "/root/", "/tmp/\\w", escaped(`${ROOT}/`)].join("|"));
  for (const name of names) {
    const path = join(ROOT, name);
    if (!existsSync(path) || statSync(path).size > 5e6 || /\.(png|gz|woff2?)$/.test(name)) continue;
    if (name === "test/commands/project.test.ts") continue;
    expect(readFileSync(path, "utf8").match(place)?.[0], name).toBeUndefined();
  }
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

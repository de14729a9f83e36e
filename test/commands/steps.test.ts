// Each step of a command knows when there is nothing to do, and when there is.

import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { environmentFresh } from "../../kernel-lib/commands/steps/environment.mjs";
import { hashOf, writeNew, writeWhole } from "../../kernel-lib/commands/steps/files.mjs";
import { kernelspec } from "../../kernel-lib/commands/steps/kernelspec.mjs";
import { labConfig } from "../../kernel-lib/commands/steps/labConfig.mjs";
import { buildLibrary, libraryFresh } from "../../kernel-lib/commands/steps/library.mjs";
import { npmPackagesFresh } from "../../kernel-lib/commands/steps/npmPackages.mjs";
import { PYTHON_LOCK, ROOT, WORK } from "../../kernel-lib/commands/steps/paths.mjs";
import { findPython } from "../../kernel-lib/commands/steps/python.mjs";
import { Missing, speak } from "../../kernel-lib/commands/steps/say.mjs";
import { needs } from "../support/needs.js";
import { put, scratchFolder } from "./scratch.js";

beforeEach(() => speak("en"));

describe("npmPackagesFresh()", () => {
  const locked = { version: "1.0.0", integrity: "sha512-x" };
  const lock = (packages: object) => ({ packages: { "": { name: "project" }, ...packages } });

  function installed(): string {
    const root = scratchFolder();
    put(
      root,
      "package-lock.json",
      lock({ "node_modules/a": locked, "node_modules/mac-only": { ...locked, optional: true } }),
    );
    put(root, "node_modules/.package-lock.json", { packages: { "node_modules/a": locked } });
    put(root, "node_modules/a/package.json", {});
    return root;
  }

  test("is content with what the lock says, less what is for another system", () => {
    expect(npmPackagesFresh(installed())).toBe(true);
  });

  test("is content with this very checkout", () => {
    expect(npmPackagesFresh(ROOT)).toBe(true);
  });

  test.each<[string, (root: string) => void]>([
    ["nothing was installed", (root) => rmSync(join(root, "node_modules"), { recursive: true })],
    ["an install was cut short", (root) => rmSync(join(root, "node_modules/.package-lock.json"))],
    ["a folder is gone", (root) => rmSync(join(root, "node_modules/a"), { recursive: true })],
    [
      "the lock has moved on",
      (root) => put(root, "package-lock.json", lock({ "node_modules/a": { ...locked, version: "1.0.1" } })),
    ],
    [
      "a file's hash is another",
      (root) =>
        put(root, "package-lock.json", lock({ "node_modules/a": { ...locked, integrity: "sha512-y" } })),
    ],
    [
      "a package is new",
      (root) => put(root, "package-lock.json", lock({ "node_modules/a": locked, "node_modules/b": locked })),
    ],
    ["a package was dropped", (root) => put(root, "package-lock.json", lock({}))],
  ])("is not when %s", (_, change) => {
    const root = installed();
    change(root);
    expect(npmPackagesFresh(root)).toBe(false);
  });
});

describe("library()", () => {
  function project(): string {
    const root = scratchFolder();
    put(root, "kernel-lib/tsconfig.json", {
      compilerOptions: {
        target: "ES2022",
        module: "ESNext",
        moduleResolution: "Bundler",
        rootDir: "src",
        outDir: "dist",
        types: [],
        lib: ["ES5"], // the least that a compiler can read
        skipLibCheck: true,
      },
      include: ["src"],
    });
    put(root, "kernel-lib/src/index.ts", "export const one: number = 1;\n");
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"), "junction");
    return root;
  }

  test("is fresh after a build, and stale after any change of a source", async () => {
    const root = project();
    expect(libraryFresh(root)).toBe(false);
    await buildLibrary(root);
    expect(libraryFresh(root)).toBe(true);
    expect(readFileSync(join(root, "kernel-lib/dist/index.js"), "utf8")).toContain("one = 1");
    put(root, "kernel-lib/src/deep/two.ts", "export const two: number = 2;\n");
    expect(libraryFresh(root)).toBe(false);
    await buildLibrary(root);
    expect(libraryFresh(root)).toBe(true);
    rmSync(join(root, "kernel-lib/src/deep"), { recursive: true });
    expect(libraryFresh(root)).toBe(false);
    await buildLibrary(root);
    expect(existsSync(join(root, "kernel-lib/dist/deep")), "what has no source any more goes").toBe(false);
  });

  test("is stale when the settings change or the build is gone", async () => {
    const root = project();
    await buildLibrary(root);
    rmSync(join(root, "kernel-lib/dist/index.js"));
    expect(libraryFresh(root)).toBe(false);
    await buildLibrary(root);
    put(
      root,
      "kernel-lib/tsconfig.json",
      readFileSync(join(root, "kernel-lib/tsconfig.json"), "utf8") + "\n",
    );
    expect(libraryFresh(root)).toBe(false);
  });

  test("says where the source is wrong, keeps the last build, and counts as stale", async () => {
    const root = project();
    await buildLibrary(root);
    put(root, "kernel-lib/src/index.ts", 'export const one: number = "1";\n');
    const failure = await buildLibrary(root).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Missing);
    expect((failure as Missing).message).toContain("kernel-lib does not compile");
    expect((failure as Missing).detail).toContain("src/index.ts(1,14): error TS2322");
    expect(readFileSync(join(root, "kernel-lib/dist/index.js"), "utf8")).toContain("one = 1");
    expect(libraryFresh(root)).toBe(false);
  });
});

describe("environmentFresh()", () => {
  test("is not content without the stamp that the last step writes, nor with another lock's", () => {
    const venv = scratchFolder();
    put(venv, "bin/python", "");
    put(venv, "Scripts/python.exe", "");
    expect(environmentFresh(venv)).toBe(false); // made by half
    put(venv, ".made-from", hashOf(readFileSync(PYTHON_LOCK), venv));
    expect(environmentFresh(venv)).toBe(true);
    const lock = join(venv, "other.txt");
    writeWhole(lock, "jupyterlab==1.0\n");
    expect(environmentFresh(venv, lock)).toBe(false);
    rmSync(join(venv, "bin"), { recursive: true });
    rmSync(join(venv, "Scripts"), { recursive: true });
    expect(environmentFresh(venv)).toBe(false); // the system's Python was taken away
  });

  test("is not content with an environment that was moved", () => {
    const venv = scratchFolder();
    put(venv, "bin/python", "");
    put(venv, "Scripts/python.exe", "");
    put(venv, ".made-from", hashOf(readFileSync(PYTHON_LOCK), "/elsewhere/.venv"));
    expect(environmentFresh(venv)).toBe(false);
  });
});

describe("findPython()", () => {
  test("says what is missing and what to type", () => {
    const found = findPython({ CNN_WORKBOOK_PYTHON: "none" });
    expect(found).toBeInstanceOf(Missing);
    expect((found as Missing).message).toMatch(
      /^JupyterLab needs Python 3\.10 or newer, and there is none here; type: \S+/,
    );
  });

  /** An interpreter that answers what another one would. */
  function pretend(...answer: string[]): string {
    const program = join(scratchFolder(), "python");
    writeWhole(program, `#!/bin/sh\n${answer.map((line) => `echo "${line}"`).join("\n")}\n`);
    chmodSync(program, 0o755);
    return program;
  }

  const onPosix = process.platform === "win32" ? test.skip : test;

  onPosix("refuses one that is too old", () => {
    const found = findPython({ CNN_WORKBOOK_PYTHON: pretend("3.9", "venv") });
    expect((found as Missing).message).toContain(
      "JupyterLab needs Python 3.10 or newer, and the one here is older",
    );
  });

  onPosix("takes 3.10, which is newer than 3.9 though it sorts before it", () => {
    const program = pretend("3.10", "venv");
    expect(findPython({ CNN_WORKBOOK_PYTHON: program })).toMatchObject({ command: [program] });
  });
});

describe("kernelspec()", () => {
  const specOf = (file: string) => JSON.parse(readFileSync(file, "utf8"));

  test("names this Node and our kernel by full paths, inside the one environment", () => {
    const prefix = scratchFolder();
    const file = kernelspec(prefix);
    expect(file).toBe(join(prefix, "share", "jupyter", "kernels", "tslab", "kernel.json"));
    expect(specOf(file)).toEqual({
      argv: [
        process.execPath,
        join(ROOT, "kernel-lib", "dist", "jupyter", "main.js"),
        "{connection_file}",
        "--history",
        join(WORK, ".jupyter", "history.jsonl"),
      ],
      display_name: "TypeScript",
      language: "typescript",
      interrupt_mode: "message",
      metadata: { debugger: false },
    });
  });

  test("gives our kernel the flags of Node that have passed", () => {
    const { argv } = specOf(kernelspec(scratchFolder(), ["--one", "--two"]));
    const main = join(ROOT, "kernel-lib", "dist", "jupyter", "main.js");
    expect(argv.slice(0, 4)).toEqual([process.execPath, "--one", "--two", main]);
  });

  test("keeps stock tslab beside it, without any flag", () => {
    const ours = kernelspec(scratchFolder(), ["--one"]);
    const spec = specOf(join(ours, "..", "..", "tslab-stock", "kernel.json"));
    const program = join(ROOT, "node_modules", "tslab", "bin", "tslab");
    expect(spec.argv).toEqual([process.execPath, program, "kernel", "--config-path", "{connection_file}"]);
    expect(spec.display_name).toBe("TypeScript (stock tslab)");
    expect(existsSync(program)).toBe(true);
  });
});

describe("labConfig()", () => {
  const read = (prefix: string, ...path: string[]) =>
    JSON.parse(readFileSync(join(prefix, "etc", "jupyter", ...path), "utf8"));

  test("asks nothing of any other machine", () => {
    const prefix = scratchFolder();
    labConfig("en", prefix);
    expect(read(prefix, "jupyter_lab_config.json").LabApp).toEqual({
      news_url: null,
      check_for_updates_class: "jupyterlab.NeverCheckForUpdate",
      extension_manager: "readonly",
    });
  });

  test.each([
    ["en", "en"],
    ["zh", "zh_CN"],
  ] as const)("for a learner in %s sets JupyterLab to %s", (language, locale) => {
    const prefix = scratchFolder();
    labConfig(language, prefix);
    const settings = read(prefix, "labconfig", "default_setting_overrides.json");
    expect(settings["@jupyterlab/translation-extension:plugin"].locale).toBe(locale);
  });
});

describe("writing", () => {
  test("writeNew() refuses to replace, and leaves nothing behind", () => {
    const folder = scratchFolder();
    put(folder, "a", "theirs");
    expect(() => writeNew(join(folder, "a"), "ours")).toThrow(/EEXIST/);
    expect(readFileSync(join(folder, "a"), "utf8")).toBe("theirs");
    expect(existsSync(join(folder, `a.${process.pid}.part`))).toBe(false);
  });

  test("hashOf() keeps its parts apart", () => {
    expect(hashOf("ab", "c")).not.toBe(hashOf("a", "bc"));
  });
});

needs("venv")("the environment's own Jupyter", () => {
  test("finds the kernel, and holds the packages that requirements.in names", () => {
    const venv = join(ROOT, ".venv");
    const python = join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
    const asked =
      "import jupyterlab, nbgrader, plotly, nbconvert, nbclient; print(jupyterlab.__version__, plotly.__version__)";
    const answer = execFileSync(python, ["-c", asked], { encoding: "utf8" }).trim();
    expect(answer).toBe("4.6.6 7.1.0");
  });

  test("postBuild prepares a bare environment: kernel, settings and lessons", () => {
    const venv = join(ROOT, ".venv");
    const folder = scratchFolder();
    const [bare, work] = [join(folder, "bare"), join(folder, "work")];
    const python = join(venv, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
    execFileSync(python, ["-m", "venv", "--without-pip", bare]);
    mkdirSync(work);
    const env = { ...process.env, PATH: `${join(bare, "bin")}:${process.env.PATH}`, CNN_WORKBOOK_WORK: work };
    const output = execFileSync(join(ROOT, "postBuild"), { env, encoding: "utf8" });
    expect(output).toContain(`The image is ready (${bare}).`);
    expect(existsSync(join(bare, "share/jupyter/kernels/tslab/kernel.json"))).toBe(true);
    expect(readFileSync(join(bare, "etc/jupyter/jupyter_lab_config.json"), "utf8")).toContain(
      "/lab/tree/work/",
    );
    expect(existsSync(join(work, ".lessons.json"))).toBe(true);
  });
});

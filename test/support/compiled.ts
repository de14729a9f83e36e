import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The library as plain modules in a folder of its own, for tests that need a process of their own. */
export interface Compiled {
  folder: string;
  /** Where `import` finds it. */
  url: string;
  /** Run a script (a module) with `kernelLib` in scope and give back what it printed. */
  run(script: string, options?: { args?: string[]; env?: Record<string, string> }): Ran;
  /** A file that a script wrote into the folder. */
  read(name: string): string;
  remove(): void;
}

export interface Ran {
  stdout: string;
  stderr: string;
  status: number | null;
}

/** Take the types off the sources as they are now; that is quicker than a build, and never stale. */
export function compiled(): Compiled {
  const folder = mkdtempSync(join(tmpdir(), "kernel-lib-"));
  const sources = join(root, "kernel-lib", "src");
  for (const file of (readdirSync(sources, { recursive: true }) as string[]).filter((name) =>
    name.endsWith(".ts"),
  )) {
    // prettier-ignore
    const target = join(folder, "lib", file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    const { outputText } = ts.transpileModule(readFileSync(join(sources, file), "utf8"), {
      fileName: file,
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    writeFileSync(target, outputText);
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const url = pathToFileURL(join(folder, "lib", "index.js")).href;
  let scripts = 0;
  return {
    folder,
    url,
    run(script, { args = [], env = {} } = {}) {
      const path = join(folder, `script-${scripts++}.mjs`);
      writeFileSync(path, script.replaceAll("KERNEL_LIB", url));
      const { stdout, stderr, status } = spawnSync(process.execPath, [...args, path], {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, ...env },
        maxBuffer: 1 << 26,
      });
      return { stdout, stderr, status };
    },
    read: (name) => readFileSync(join(folder, name), "utf8"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

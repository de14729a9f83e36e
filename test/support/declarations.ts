import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import typescript from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A folder in which `import "kernel-lib"` finds the declarations of the library as it is now, and nothing else of it. */
export function declarations(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "kernel-lib-types-"));
  const library = join(folder, "node_modules", "kernel-lib");
  mkdirSync(library, { recursive: true });
  cpSync(join(root, "kernel-lib", "package.json"), join(library, "package.json"));
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      join(root, "node_modules", "typescript", "bin", "tsc"),
      ...["-p", join(root, "kernel-lib", "tsconfig.json")],
      ...["--emitDeclarationOnly", "--outDir", join(library, "dist")],
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stdout);
  for (const name of ["@tslab", "@types"]) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  }
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** A TypeScript, and the settings with which a learner meets it. */
export interface Compiler {
  name: string;
  ts: typeof typescript;
  options: typescript.CompilerOptions;
}

const shared = { noEmit: true, skipLibCheck: true, types: [], lib: ["lib.es2022.d.ts"] };

/** Editors and `tsc` on one side, stock tslab on the other, which is 5.0 and not strict. */
export const compilers: Compiler[] = [
  {
    name: "TypeScript 6, strict",
    ts: typescript,
    options: {
      ...shared,
      strict: true,
      target: typescript.ScriptTarget.ES2022,
      module: typescript.ModuleKind.ESNext,
      moduleResolution: typescript.ModuleResolutionKind.Bundler,
    },
  },
  {
    name: "TypeScript 5.0, as stock tslab sets it",
    ts: createRequire(import.meta.url)("@tslab/typescript-for-tslab") as typeof typescript,
    options: {
      ...shared,
      strict: false,
      target: typescript.ScriptTarget.ES2020,
      module: typescript.ModuleKind.ESNext,
      moduleResolution: 2, // Node10
      esModuleInterop: true,
      declaration: true,
    },
  },
];

/** What a compiler and its language service say of one file, which can be exchanged. */
export interface Editor {
  /** Put another text into the file, and give back what is wrong with it: line, text under the mark, message. */
  check(
    text: string,
  ): { line: number; marked: string; message: typescript.DiagnosticMessageChain | string }[];
  /** What hovering at `mark`, a piece of the text, shows. */
  hover(mark: string): string;
  /** The names that are offered right behind `mark`. */
  complete(mark: string): string[];
}

export function editorOf({ ts, options }: Compiler, folder: string): Editor {
  const file = join(folder, "cell.ts");
  let text = "";
  let version = 0;
  const host: typescript.LanguageServiceHost = {
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? String(version) : "0"),
    getScriptSnapshot: (name) => {
      const content = name === file ? text : ts.sys.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: (name) => (name === file ? text : ts.sys.readFile(name)),
  };
  const service = ts.createLanguageService(host);
  return {
    check(given) {
      text = given;
      version++;
      const found = [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)];
      return found.map(({ start = 0, length = 0, messageText }) => ({
        line: text.slice(0, start).split("\n").length,
        marked: text.slice(start, start + length),
        message: messageText,
      }));
    },
    hover: (mark) =>
      ts.displayPartsToString(service.getQuickInfoAtPosition(file, text.indexOf(mark))?.displayParts),
    complete: (mark) =>
      service
        .getCompletionsAtPosition(file, text.indexOf(mark) + mark.length, {})!
        .entries.map(({ name }) => name),
  };
}

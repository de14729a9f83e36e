// npm run bench:kernel: our Jupyter kernel beside stock tslab, Deno's and Python's, measured in one run.
//
//   npm run bench:kernel                      all of them (about ten minutes)
//   npm run bench:kernel -- --cells 200       fewer cells
//   npm run bench:kernel -- --only ours,deno  some of them

import { createInterface } from "node:readline";
import { spawn } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { existsSync, readdirSync } from "node:fs";
import { pythonEnv, testEnvironment } from "./steps/environment.mjs";
import { writeWhole } from "./steps/files.mjs";
import { engineFlags } from "./steps/engineFlags.mjs";
import { kernelspec } from "./steps/kernelspec.mjs";
import { library } from "./steps/library.mjs";
import { npmPackages, npmProgram } from "./steps/npmPackages.mjs";
import { ROOT, WORK, inVenv } from "./steps/paths.mjs";
import { lastLines, run } from "./steps/run.mjs";
import { Missing, command, say } from "./steps/say.mjs";

/** Deno is no part of the project: it gets a folder of its own. */
const DENO = "2.9.6";
const PEERS = join(WORK, "bench");

/** @type {Record<string, { kernel: string, language: string, title: string }>} */
const KERNELS = {
  ours: { kernel: "tslab", language: "typescript", title: "ours" },
  stock: { kernel: "tslab-stock", language: "typescript", title: "stock tslab 1.0.22" },
  deno: { kernel: "deno-bench", language: "deno", title: `Deno ${DENO}` },
  ipykernel: { kernel: "python3", language: "python", title: "ipykernel" },
};

/** @typedef {Record<string, any> & { what: string }} Measured */

await command(async () => {
  const { values } = parseArgs({
    options: { cells: { type: "string", default: "2000" }, only: { type: "string" } },
  });
  const chosen = values.only?.split(",") ?? Object.keys(KERNELS);
  await npmPackages();
  await library();
  await testEnvironment();
  kernelspec(PEERS, await engineFlags());
  if (chosen.includes("deno")) await installDeno();
  /** @type {Record<string, Measured[]>} */
  const results = {};
  for (const name of chosen) {
    say(`── ${KERNELS[name].title}`, `── ${KERNELS[name].title}`);
    results[name] = await measure(name, values.cells);
  }
  console.log(table(chosen, results));
});

async function installDeno() {
  const folder = join(PEERS, "deno");
  const programs = join(folder, "node_modules", "@deno"); // the one for this system
  if (!existsSync(programs)) {
    writeWhole(join(folder, "package.json"), '{ "private": true }\n');
    const npm = npmProgram();
    const args = [...npm.args, "install", "--ignore-scripts", "--no-audit", "--no-fund", `deno@${DENO}`];
    const { ok, output } = await run(npm.program, args, { cwd: folder, quiet: true });
    if (!ok) {
      throw new Missing("Deno could not be installed; leave it out with --only", "Deno 没有装上；可用 --only 略过它", lastLines(output)); // prettier-ignore
    }
  }
  const program = process.platform === "win32" ? "deno.exe" : "deno";
  const spec = {
    argv: [
      join(programs, readdirSync(programs)[0], program),
      "jupyter",
      "--kernel",
      "--conn",
      "{connection_file}",
    ],
    display_name: "Deno",
    language: "typescript",
  };
  writeWhole(join(PEERS, "share", "jupyter", "kernels", "deno-bench", "kernel.json"), JSON.stringify(spec));
}

/**
 * @param {string} name
 * @param {string} cells
 * @returns {Promise<Measured[]>}
 */
function measure(name, cells) {
  const { kernel, language } = KERNELS[name];
  const script = join(ROOT, "kernel-lib", "commands", "python", "benchKernel.py");
  const env = { ...pythonEnv(), JUPYTER_PATH: join(PEERS, "share", "jupyter"), JUPYTER_PLATFORM_DIRS: "1" };
  const child = spawn(inVenv("python"), [script, kernel, language, "--cells", cells], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  /** @type {Measured[]} */
  const measured = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    console.log(`   ${line}`);
    try {
      measured.push(JSON.parse(line));
    } catch {
      // something that a test printed
    }
  });
  return new Promise((resolve) => child.on("close", () => resolve(measured)));
}

/**
 * The results as a Markdown table.
 * @param {string[]} names
 * @param {Record<string, Measured[]>} results
 */
function table(names, results) {
  /** @type {[string, (all: Measured[]) => string][]} */
  const rows = [
    [
      "jupyter_kernel_test",
      (all) => of(all, "jupyter_kernel_test", ({ passed, of: total }) => `${passed} of ${total}`),
    ],
    ["20,000 lines in one loop", (all) => lines(all.filter(({ what }) => what === "20,000 lines"))],
    [
      "cells of 30 lines",
      (all) =>
        of(all, "cells of 30 lines", ({ cells, seconds, lost, missing_idle: idle }) =>
          lost || idle
            ? `${lost} lines, ${idle} idles lost in ${cells}`
            : `none lost in ${cells} (${seconds.toFixed(0)} s)`,
        ),
    ],
    ...["a sync loop", "an async loop", "await null, then a loop"].map(
      (loop) =>
        /** @type {[string, (all: Measured[]) => string]} */ ([
          `interrupt of ${loop}`,
          (all) => {
            const found = all.find((one) => one.what === "interrupt" && one.of === loop);
            if (!found?.seconds) return found?.alive ? "stuck" : "dies";
            return `${found.seconds.toFixed(1)} s, variables ${found.kept ? "kept" : "gone"}`;
          },
        ]),
    ),
  ];
  const machine = `${cpus()[0]?.model.trim()} × ${cpus().length}, Node ${process.versions.node}`;
  return [
    "",
    machine,
    "",
    `| what | ${names.map((name) => KERNELS[name].title).join(" | ")} |`,
    `| --- |${" --- |".repeat(names.length)}`,
    ...rows.map(([what, cell]) => `| ${what} | ${names.map((name) => cell(results[name])).join(" | ")} |`),
  ].join("\n");
}

/**
 * @param {Measured[]} all
 * @param {string} what
 * @param {(measured: Measured) => string} text
 */
function of(all, what, text) {
  const found = all.find((one) => one.what === what);
  return found ? text(found) : "–";
}

/** @param {Measured[]} loops */
function lines(loops) {
  const last = loops.at(-1);
  if (!last) return "–";
  if (last.lost || !last.idle) return `${last.lost} lost${last.idle ? "" : ", and the idle"}`;
  const seconds = loops.map((one) => one.seconds).sort((a, b) => a - b);
  const [least, most] = [seconds[0], seconds.at(-1)].map((each) => each.toFixed(2));
  return `${least}–${most} s, ${Math.max(...loops.map((one) => one.messages))} messages`;
}

// Which experiments of V8's make this Node compute faster, and still right?
//
// Nobody's own process gets them: they go to the processes that these commands start, and into the kernel's specification.

import { fork } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { readIfThere, readJson, writeWhole } from "./files.mjs";
import { stampOf } from "./library.mjs";
import { ROOT, WORK } from "./paths.mjs";
import { say } from "./say.mjs";

/** Tried in this order, each beside those that have passed. */
const CANDIDATES = [
  "--experimental-wasm-relaxed-simd", // multiply and add in one instruction; Node 22 needs no flag for it
  "--experimental-wasm-revectorize", // eight floats at a time; does something from Node 24
];

const SELF_TEST = fileURLToPath(new URL("engineSelfTest.mjs", import.meta.url));

/** What a flag must win by: on Node 20 the first wins 1.12, on Node 24 the second 1.24, and on Node 22 nothing does. */
const CLEARLY = 1.05;
/** Of the largest value; Winograd's tiles may be 2·10⁻⁵ away from the plain sum. */
const TOLERANCE = 1e-4;
/** V8 compiles in haste at first, and well after some use. */
const WARM_UP_MS = 250;
const ROUNDS = 25;

/**
 * @typedef {object} Trial
 * @property {string} [root]
 * @property {string} [work]        where the answer is kept, for this Node on this machine with this build of the library
 * @property {string} [program]     Node
 * @property {string} [version]     of Node
 * @property {string[]} [candidates]
 * @property {number} [patienceMs]  for one candidate
 */

/**
 * The flags of Node that pass: accepted without a word, right numbers, clearly faster. Takes a second, once.
 * @param {Trial} [trial]
 * @returns {Promise<string[]>}
 */
export async function engineFlags({
  root = ROOT,
  work = WORK,
  program = process.execPath,
  version = process.version,
  candidates = CANDIDATES,
  patienceMs = 10_000,
} = {}) {
  const file = join(work, ".engine-flags.json");
  const about = {
    node: `${version} ${program}`,
    cpu: cpus()[0]?.model ?? process.arch,
    library: readIfThere(stampOf(root)) ?? "",
    candidates,
  };
  const kept = /** @type {{ about: object, flags: string[] } | undefined} */ (readJson(file));
  if (kept && JSON.stringify(kept.about) === JSON.stringify(about)) return kept.flags;

  say("Trying what lets this Node compute faster …", "正在试验如何让这个 Node 算得更快……");
  const library = pathToFileURL(join(root, "kernel-lib", "dist", "index.js")).href;
  /** @type {string[]} */
  const flags = [];
  for (const flag of candidates) {
    const [plain, flagged] = [flags, [...flags, flag]].map((each) => new Child(program, each, library));
    if (await passes(plain, flagged, patienceMs)) flags.push(flag);
  }
  writeWhole(file, `${JSON.stringify({ about, flags }, null, 2)}\n`);
  return flags;
}

/**
 * @param {Child} plain
 * @param {Child} flagged
 * @param {number} patienceMs
 */
async function passes(plain, flagged, patienceMs) {
  const end = () => [plain, flagged].forEach((child) => child.end());
  const timer = setTimeout(end, patienceMs);
  try {
    for (const until = Date.now() + WARM_UP_MS; Date.now() < until;)
      await Promise.all([plain.time(), flagged.time()]);
    for (let round = 0; round < ROUNDS; round++) {
      await plain.time(); // in turns, since other programs come and go
      await flagged.time();
    }
    const difference = await flagged.compare(); // last: by now all is compiled as it will stay
    const faster = plain.bestMs > CLEARLY * flagged.bestMs;
    return faster && difference < TOLERANCE && flagged.errors === "";
  } catch {
    return false; // a process that ended: the flag is unknown, or crashed it, or took too long
  } finally {
    clearTimeout(timer);
    end();
  }
}

/** A Node with some flags that computes when it is asked to. */
class Child {
  /** What it complained of. */
  errors = "";
  /** The shortest time that a step has taken. */
  bestMs = Infinity;

  /**
   * @param {string} program
   * @param {string[]} flags
   * @param {string} library
   */
  constructor(program, flags, library) {
    const { NODE_OPTIONS: _, ...env } = process.env;
    this.process = fork(SELF_TEST, [library], {
      execPath: program,
      execArgv: flags,
      env: { ...env, KERNEL_LIB_THREADS: "1" },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced", // JSON has no NaN
    });
    this.process.stderr?.on("data", (text) => (this.errors += text));
    /** @type {Promise<never>} */
    this.gone = new Promise((_, reject) => {
      this.process.once("error", reject);
      this.process.once("close", () => reject(new Error("it ended")));
    });
    this.gone.catch(() => {}); // heard by who asks
  }

  async time() {
    this.bestMs = Math.min(this.bestMs, await this.#ask("time"));
  }

  /** How far its results are from the reference. */
  compare() {
    return this.#ask("compare");
  }

  /**
   * @param {"time" | "compare"} what
   * @returns {Promise<number>}
   */
  #ask(what) {
    const answer = new Promise((resolve) => this.process.once("message", resolve));
    if (this.process.connected) this.process.send(what, () => {}); // that it is gone is heard below
    return Promise.race([answer, this.gone]);
  }

  end() {
    this.process.kill("SIGKILL");
  }
}

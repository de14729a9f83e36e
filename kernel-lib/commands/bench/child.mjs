// A contender in a process of its own, which waits while others have their turn.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { lastLines } from "../steps/run.mjs";

/**
 * @typedef {import("./contenders/serve.mjs").Job} Job
 * @typedef {import("./contenders/serve.mjs").Facts & { memoryMB?: number }} Facts
 *
 * @typedef {object} Contender  how to start one
 * @property {string} name      as in the report: "PyTorch"
 * @property {string} program
 * @property {string[]} args
 * @property {string} [folder]  where a JavaScript peer is installed
 */

/** The longest that one answer may take: a peer of plain JavaScript needs half a minute a step. */
const PATIENCE_MS = 300_000;

/** Nothing of the caller's own settings reaches a contender. */
const { NODE_OPTIONS: _, PYTHONPATH: __, ...ENV } = process.env;

export class Child {
  /**
   * @param {Contender} contender
   * @param {number} threads
   */
  constructor(contender, threads) {
    this.contender = contender;
    const env = {
      ...ENV,
      KERNEL_LIB_THREADS: String(threads),
      OMP_NUM_THREADS: String(threads),
      KERNEL_LIB_PROGRESS: "none",
    };
    this.process = spawn(contender.program, contender.args, { env, stdio: ["pipe", "pipe", "pipe"] });
    this.process.stdin.on("error", () => {}); // a process that is gone says so by closing
    this.gone = false;
    this.closed = new Promise((resolve) => this.process.once("close", resolve));
    /** What it last complained of. */
    this.errors = "";
    this.process.stderr.setEncoding("utf8").on("data", (text) => (this.errors += text));
    this.process.once("error", (error) => (this.errors += error.message));
    /** @type {(answer: string | undefined) => void} */
    this.heard = () => {};
    createInterface({ input: this.process.stdout }).on(
      "line",
      (line) => line.startsWith("{") && this.heard(line),
    );
    this.closed.then(() => {
      this.gone = true;
      this.heard(undefined);
    });
  }

  /**
   * @param {object} message
   * @returns {Promise<any>} its answer
   */
  async ask(message) {
    /** @type {Promise<string | undefined>} */
    const answer = new Promise((resolve) => (this.heard = resolve));
    const timer = setTimeout(() => this.process.kill("SIGKILL"), PATIENCE_MS);
    if (this.gone) this.heard(undefined);
    else this.process.stdin.write(`${JSON.stringify(message)}\n`);
    const line = await answer;
    clearTimeout(timer);
    if (line === undefined) throw new Error(reasonIn(this.errors));
    return JSON.parse(line);
  }

  /**
   * @param {Job} job
   * @returns {Promise<Facts>}
   */
  begin(job) {
    return this.ask({ job: { ...job, folder: this.contender.folder } });
  }

  /**
   * @param {number} steps
   * @returns {Promise<{ ms: number[], memoryMB: number }>}
   */
  run(steps) {
    return this.ask({ steps });
  }

  async end() {
    this.process.stdin.end();
    const timer = setTimeout(() => this.process.kill("SIGKILL"), 2000);
    await this.closed;
    clearTimeout(timer);
  }
}

/**
 * The sentence in what a program complained of: programs print it before or after their stack.
 * @param {string} errors
 */
function reasonIn(errors) {
  const sentences = errors.split(/\r?\n/).filter((line) => /^\w*Error\b.*:/.test(line));
  return sentences.at(-1) ?? (lastLines(errors, 2) || "it ended without an answer");
}

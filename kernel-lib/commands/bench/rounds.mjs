// Contenders take turns: what else happens on the machine meanwhile happens to all of them.

import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "./child.mjs";
import { median } from "./statistics.mjs";

/**
 * @typedef {import("./child.mjs").Contender} Contender
 * @typedef {import("./child.mjs").Facts} Facts
 * @typedef {import("./contenders/serve.mjs").Job} Job
 *
 * @typedef {object} Entry        what one contender did
 * @property {string} name
 * @property {number[][]} rounds  milliseconds of each step of each turn
 * @property {Facts} facts        `memoryMB` as it was at the end
 *
 * @typedef {object} Turns
 * @property {Entry[]} entries
 * @property {{ name: string, why: string }[]} failed
 * @property {number} others      share of the processors that was busy while all contenders waited
 */

/** About how long a turn is. */
const TURN_MS = 400;
/** A step that takes longer than this needs no second one to be warm. */
const LONG_MS = 1000;

/**
 * How many steps a turn has.
 * @param {number} stepMs
 */
export const stepsInTurn = (stepMs) => Math.max(1, Math.min(500, Math.round(TURN_MS / stepMs)));

/**
 * @param {{ contenders: Contender[], job: Job }[]} experiments  one, or several whose times are to be compared
 * @param {number} rounds
 * @returns {Promise<Turns[]>} of each experiment
 */
export async function takeTurns(experiments, rounds) {
  const groups = [];
  for (const { contenders, job } of experiments) groups.push(await start(contenders, job));
  const ready = groups.flatMap((group) => group.ready);
  const busy = [];
  try {
    for (let round = 0; round < rounds; round++) {
      busy.push(await busyShare());
      // Another one goes first in each round, so that nobody always follows the same neighbour.
      const first = round % Math.max(1, ready.length);
      for (const each of [...ready.slice(first), ...ready.slice(0, first)]) {
        const why = await takeTurn(each).catch(reasonOf);
        if (why === undefined) continue;
        ready.splice(ready.indexOf(each), 1);
        groups.find((group) => group.ready.includes(each))?.failed.push({ name: each.entry.name, why });
        await each.child.end();
      }
    }
  } finally {
    await Promise.all(ready.map(({ child }) => child.end()));
  }
  const others = busy.reduce((sum, share) => sum + share, 0) / Math.max(1, busy.length);
  return groups.map((group) => ({
    entries: group.ready.filter((each) => ready.includes(each)).map(({ entry }) => entry),
    failed: group.failed,
    others,
  }));
}

/** @param {Ready} ready */
async function takeTurn({ child, stepMs, steps, entry }) {
  const warm = stepMs > LONG_MS ? 0 : 1; // finds its caches as the others left them
  const { ms, memoryMB } = await child.run(steps + warm);
  entry.rounds.push(ms.slice(warm));
  entry.facts.memoryMB = memoryMB;
}

/** @param {unknown} error */
const reasonOf = (error) => (error instanceof Error ? error.message : String(error));

/** @typedef {{ child: Child, stepMs: number, steps: number, entry: Entry }} Ready */

/**
 * One after the other, so that nobody's first step is disturbed.
 * @param {Contender[]} contenders
 * @param {Job} job
 */
async function start(contenders, job) {
  /** @type {Ready[]} */
  const ready = [];
  const failed = [];
  for (const contender of contenders) {
    const child = new Child(contender, job.threads);
    try {
      const facts = await child.begin(job);
      const stepMs = await warmUp(child);
      const entry = { name: contender.name, rounds: [], facts };
      ready.push({ child, stepMs, steps: stepsInTurn(stepMs), entry });
    } catch (error) {
      await child.end();
      failed.push({ name: contender.name, why: reasonOf(error) });
    }
  }
  return { ready, failed };
}

/**
 * Two turns that do not count: JavaScript and WebAssembly are compiled again, better, while they run.
 * @param {Child} child
 * @returns {Promise<number>} milliseconds of a step
 */
async function warmUp(child) {
  let [stepMs] = (await child.run(1)).ms;
  for (let turn = 0; turn < 2 && stepMs < LONG_MS; turn++) {
    const { ms } = await child.run(stepsInTurn(stepMs));
    stepMs = median(ms);
  }
  return stepMs;
}

/**
 * Each contender anew in each round: for what happens once in a process.
 * @param {Contender[]} contenders
 * @param {Job} job
 * @param {number} rounds
 * @returns {Promise<{ starts: { name: string, starts: Facts[] }[], failed: Turns["failed"] }>}
 */
export async function startAgain(contenders, job, rounds) {
  /** @type {Map<string, Facts[]>} */
  const starts = new Map(contenders.map(({ name }) => [name, []]));
  const failed = [];
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      const { name } = contender;
      if (!starts.has(name)) continue;
      const child = new Child(contender, job.threads);
      try {
        starts.get(name)?.push(await child.begin(job));
      } catch (error) {
        starts.delete(name);
        failed.push({ name, why: reasonOf(error) });
      }
      await child.end();
    }
  }
  return { starts: [...starts].map(([name, starts]) => ({ name, starts })), failed };
}

/** What share of all processors is busy now, when nobody here does anything. */
async function busyShare() {
  const before = processorTimes();
  await sleep(150);
  const after = processorTimes();
  return 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
}

function processorTimes() {
  const times = cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, each) => sum + each.idle, 0);
  return { idle, all: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle) };
}

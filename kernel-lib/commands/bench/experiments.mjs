// What a run of the bench consists of.

import { NETWORKS, ofChannels } from "./networks.mjs";
import { randomNetworks } from "./randomNetwork.mjs";

/**
 * @typedef {import("./child.mjs").Contender} Contender
 * @typedef {import("./contenders/serve.mjs").Job} Job
 * @typedef {import("./networks.mjs").Network} Network
 *
 * @typedef {"steps" | "random" | "forward" | "peers" | "ops" | "peak" | "start" | "batch" | "channels"} Table
 *
 * @typedef {object} Experiment
 * @property {Table} table   where its numbers stand in the report
 * @property {string} key    short: "w1"
 * @property {string} what   for a reader: "W1 (LeNet)"
 * @property {Job} job
 * @property {Contender[]} contenders
 * @property {number} rounds
 * @property {boolean} again whether each round starts the contenders anew
 * @property {boolean} [curve] whether it is compared with those of its table, so that all of them take turns
 *
 * @typedef {object} Lineup
 * @property {Contender[]} ours      kernel-lib, each way
 * @property {Contender} best        the way that the goals are set for
 * @property {Contender[]} pytorch   one, or none
 * @property {Contender[]} training  JavaScript libraries that can train
 * @property {Contender[]} forward   those that only run a network
 * @property {boolean} threads       whether kernel-lib can use two
 */

const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const CHANNELS = [4, 8, 16, 32, 64, 128];
const MILLION = 2 ** 20;
/** At most so many rounds where a step takes seconds. */
const FEW = 3;

/**
 * @param {{ parts: string[], rounds: number, seed: number }} options
 * @param {Lineup} lineup
 * @returns {Experiment[]}
 */
export function experiments({ parts, rounds, seed }, lineup) {
  const few = Math.min(rounds, FEW);
  const duel = [...lineup.ours, ...lineup.pytorch];
  const bestDuel = [lineup.best, ...lineup.pytorch];
  const counts = lineup.threads ? [1, 2] : [1];
  /**
   * @param {Table} table
   * @param {string} key
   * @param {string} what
   * @param {Job} job
   * @param {Contender[]} contenders
   * @param {Partial<Experiment>} [rest]
   * @returns {Experiment}
   */
  const one = (table, key, what, job, contenders, rest) => ({
    ...{ table, key, what, job, contenders, rounds, again: false },
    ...rest,
  });
  /** @param {Table} table @param {string} key @param {Network} network */
  const steps = (table, key, network) =>
    counts.map((threads) => one(table, key, network.name, { kind: "train", threads, network }, duel));
  /** @param {string} key @param {string} what @param {Network} network */
  const forward = (key, what, network) =>
    counts.map((threads) =>
      one("forward", key, what, { kind: "forward", threads, network }, [...duel, ...lineup.forward]),
    );
  const { w1, w2, w3 } = NETWORKS;

  /** @type {Record<string, () => Experiment[]>} */
  const parted = {
    w1: () => steps("steps", "w1", w1),
    w2: () => steps("steps", "w2", w2),
    w3: () => steps("steps", "w3", w3),
    random: () => randomNetworks(seed, 3).flatMap((network, i) => steps("random", `r${i + 1}`, network)),
    forward: () => [
      ...forward("w1f", "W1, batch 64", w1),
      ...forward("w2f", "W2, batch 64", w2),
      ...forward("w3f", "W3, batch 16", w3),
      ...forward("w3i", "W3, one position", { ...w3, batch: 1 }),
    ],
    peers: () => {
      const job = /** @type {Job} */ ({ kind: "train", threads: 1, network: w1 });
      return [one("peers", "w1", w1.name, job, [...lineup.ours, ...lineup.training], { rounds: few })];
    },
    ops: () => [
      one("peak", "peak", "peak", { kind: "peak", threads: 1 }, lineup.ours, { rounds: few, again: true }),
      one("ops", "add", "add, 1M floats", { kind: "add", threads: 1, size: MILLION }, duel),
      one("ops", "relu", "relu, 1M floats", { kind: "relu", threads: 1, size: MILLION }, duel),
      one("ops", "sum", "sum, 1M floats", { kind: "sum", threads: 1, size: MILLION }, duel),
      ...[512, 1024].map((size) =>
        one("ops", "matmul", `matmul, ${size}×${size}`, { kind: "matmul", threads: 1, size }, duel),
      ),
    ],
    start: () =>
      [w1, w2].map((network, i) =>
        one("start", `w${i + 1}`, network.name, { kind: "train", threads: 1, network }, duel, {
          again: true,
        }),
      ),
    curves: () => [
      ...BATCHES.map((batch) => {
        const job = /** @type {Job} */ ({ kind: "train", threads: 1, network: { ...w1, batch } });
        return one("batch", "batch", String(batch), job, bestDuel, { curve: true });
      }),
      ...CHANNELS.map((channels) => {
        const job = /** @type {Job} */ ({ kind: "train", threads: 1, network: ofChannels(channels) });
        return one("channels", "channels", String(channels), job, bestDuel, { curve: true });
      }),
    ],
  };
  return parts.flatMap((part) => parted[part]());
}

/**
 * Experiments that are done together: one by itself, or all of a curve, whose points are compared with each other.
 * @param {Experiment[]} plan
 * @returns {Experiment[][]}
 */
export function turns(plan) {
  /** @type {Experiment[][]} */
  const all = [];
  for (const experiment of plan) {
    const last = all.at(-1);
    if (experiment.curve && last?.[0].curve && last[0].table === experiment.table) last.push(experiment);
    else all.push([experiment]);
  }
  return all;
}

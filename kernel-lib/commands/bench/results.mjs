// What a run of the bench has found, before it becomes a page.

/**
 * @typedef {import("./goals.mjs").Way} Way
 * @typedef {import("./rounds.mjs").Entry} Entry
 * @typedef {import("./child.mjs").Facts} Facts
 * @typedef {import("./networks.mjs").Network} Network
 *
 * @typedef {object} Group  one experiment, done
 * @property {import("./experiments.mjs").Table} table
 * @property {string} key
 * @property {string} what
 * @property {number} threads
 * @property {Network} [network]
 * @property {number} [size]
 * @property {Entry[]} [entries]
 * @property {{ name: string, starts: Facts[] }[]} [starts]
 * @property {number} [others]
 *
 * @typedef {object} Results
 * @property {{ name: string, way: Way, how: string }[]} ways  kernel-lib's, by the names of their entries
 * @property {string[]} facts    lines about the machine and the versions
 * @property {{ seed: number, rounds: number, load: string }} run
 * @property {Group[]} groups
 * @property {{ name: string, why: string }[]} absent
 *
 * @typedef {(reached: boolean | undefined, way?: Way) => string | undefined} Verdict  in words; counts them as well
 */

/** The names of entries that the report looks for. */
export const PYTORCH = "PyTorch";
export const ONNXRUNTIME = "onnxruntime-node";

/**
 * @param {Results} results
 * @param {import("./experiments.mjs").Table} name
 */
export const groupsOf = ({ groups }, name) => groups.filter((group) => group.table === name);

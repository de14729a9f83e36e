// Networks drawn at random, of the sizes of a lecture: what is fast must be fast for those too.

import { describeNetwork, layer, multiplyAdds, walk } from "./networks.mjs";

/** @typedef {import("./networks.mjs").Network} Network */

/** Multiply-adds of a forward pass of a whole batch: steps of about 5 to 500 milliseconds. */
const WORK = [2e7, 4e9];

/**
 * So many networks, each other than the rest; the same for the same seed.
 * @param {number} seed
 * @param {number} count
 * @returns {Network[]}
 */
export function randomNetworks(seed, count) {
  const draw = generator(seed);
  /** @type {Network[]} */
  const networks = [];
  while (networks.length < count) {
    const network = drawNetwork(draw, `R${networks.length + 1}`);
    const work = multiplyAdds(network) * network.batch;
    const known = networks.some((other) => describeNetwork(other) === describeNetwork(network));
    if (work >= WORK[0] && work <= WORK[1] && !known) networks.push(network);
  }
  return networks;
}

/** @typedef {<T>(values: readonly T[]) => T} Draw one of the values */

/**
 * @param {Draw} draw
 * @param {string} name
 * @returns {Network}
 */
function drawNetwork(draw, name) {
  const board = draw([true, false, false]);
  const side = draw(board ? [9, 13, 15, 19] : [24, 28, 32, 40, 48]);
  const input = [draw(board ? [4, 12, 17, 24] : [1, 3]), side, side];
  const classes = draw([2, 10, 11, 26, 100]);
  const network = { name, input, batch: draw([16, 32, 64]), classes, layers: drawBlocks(draw, input, board) };
  const last = /** @type {number[]} */ (walk(network).at(-1)?.shape);
  const features = last[0] * last[1] * last[2];
  network.layers.push(layer("Flatten"));
  const hidden = draw([0, 0, 32, 64, 128]);
  if (hidden) network.layers.push(layer("Linear", [features, hidden]), layer("ReLU"));
  network.layers.push(layer("Linear", [hidden || features, classes]));
  return network;
}

/**
 * Blocks of one to three convolutions; between them an image is halved, by pooling or by a stride, and a board stays.
 * @param {Draw} draw
 * @param {number[]} input
 * @param {boolean} board
 */
function drawBlocks(draw, [channels, side], board) {
  const norm = draw([true, false]);
  const layers = [];
  let width = draw([6, 8, 12, 16, 24, 32]);
  for (let block = draw([2, 3]); block > 0; block--) {
    const strided = !board && draw([true, false, false, false]);
    for (let conv = draw([1, 1, 2, 3]); conv > 0; conv--) {
      const size = draw([3, 3, 3, 5, 5, 7]);
      /** @type {Record<string, number>} */
      const stride = strided && conv === 1 ? { stride: 2 } : {};
      layers.push(layer("Conv2d", [channels, width, size], { padding: (size - 1) / 2, ...stride }));
      if (norm) layers.push(layer("BatchNorm2d", [width]));
      layers.push(layer("ReLU"));
      channels = width;
    }
    if (!board && !strided && side >= 4) layers.push(layer("MaxPool2d", [draw([2, 2, 2, 3])]));
    side = Math.floor(side / 2); // what is left at most
    width = Math.min(96, Math.round(width * draw([1, 1.5, 2])));
  }
  return layers;
}

/**
 * Numbers that look random and depend on the seed alone: a linear congruential generator (Numerical Recipes), of which
 * the high bits are used.
 * @param {number} seed
 * @returns {Draw}
 */
function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < 8; i++) next(); // small seeds lie close together at first
  return (values) => values[Math.floor(next() * values.length)];
}

export { winograd } from "./convolution.js";
export { winogradGradWeight } from "./gradWeight.js";
export { cut, gradUnits, PLANES, reach } from "./tiles.js";
export { transformedSize, transformWeights } from "./weights.js";

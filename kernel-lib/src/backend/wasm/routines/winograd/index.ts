export { winograd } from "./convolution.js";
export { winogradGradWeight } from "./gradWeight.js";
export { reach, tilesAlong, tiling, type Axis, type Tiling } from "./pieces.js";
export { gradUnits } from "./tiles.js";
export { planesOf, resultsOf, type TileSize } from "./transforms.js";
export { transformedSize, transformWeights } from "./weights.js";

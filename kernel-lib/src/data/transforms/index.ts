/** Pictures in, pictures out: what stands between a file and a batch. Torchvision's `transforms`. */
export { type Transform } from "./planes.js";
export { compose, normalize, toTensor } from "./basic.js";
export { resize, type ResizeOptions } from "./resize.js";
export { centerCrop, randomCrop, randomHorizontalFlip, type RandomCropOptions } from "./crop.js";
export {
  randomAffine,
  randomRotation,
  type RandomAffineOptions,
  type RandomRotationOptions,
} from "./affine.js";
export { colorJitter, type ColorJitterOptions } from "./colorJitter.js";

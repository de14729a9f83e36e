/** Weights in files that other programs read. */
export { loadSafetensors, saveSafetensors, type SaveSafetensorsOptions } from "./safetensors.js";

/** Weights in a page: what reads and writes them comes with its first call, as a promise. */
import { onUse, type Later } from "../../system/onUse.js";

type Files = typeof import("./files.js");
const files = (): Promise<Files> => import("./files.js");

/** Tensors by name from a safetensors file, for `model.loadStateDict(…)`. */
export const loadSafetensors: Later<Files["loadSafetensors"]> = onUse(files, "loadSafetensors");
/** Tensors by name, such as `model.stateDict()`, as the bytes of a safetensors file. */
export const saveSafetensors: Later<Files["saveSafetensors"]> = onUse(files, "saveSafetensors");

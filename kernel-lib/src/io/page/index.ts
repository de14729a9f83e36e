/** Weights in a page: what reads and writes them comes with its first call, as a promise. */
import { onUse, type Later } from "../../system/onUse.js";

type Files = typeof import("./files.js");
const files = (): Promise<Files> => import("./files.js");

export const loadSafetensors: Later<Files["loadSafetensors"]> = onUse(files, "loadSafetensors");
export const saveSafetensors: Later<Files["saveSafetensors"]> = onUse(files, "saveSafetensors");

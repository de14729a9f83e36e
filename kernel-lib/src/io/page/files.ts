/** Files of weights as a page has them, which loads this file with the first call. */
import { inPage, type InPage } from "../../data/page/source.js";
import { loadSafetensors as load } from "../safetensors.js";

export { saveSafetensors } from "../safetensors.js";

export const loadSafetensors: InPage<typeof load> = inPage("loadSafetensors", load);

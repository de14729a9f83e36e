import type { Link } from "../backend.js";
import { suitsWinograd } from "./chain/winogradReach.js";

/*
 * Winograd's tiles make nan of a whole tile where one of its values is nan or infinite. What came out that way is computed
 * once more, as plain sums.
 */

/** Whether a result may hold nan or infinity that stood next to it. */
export function maySpread(values: ArrayLike<number>, links: readonly Link[]): boolean {
  return !allFinite(values) && links.some((link) => link.kind === "conv2d" && suitsWinograd(link.g));
}

function allFinite(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

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

/** 0 · x is 0, unless x is nan or infinite; four sums at a time, as each would wait for itself. */
function allFinite(values: ArrayLike<number>): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 4 <= values.length; i += 4) {
    a += 0 * values[i];
    b += 0 * values[i + 1];
    c += 0 * values[i + 2];
    d += 0 * values[i + 3];
  }
  for (; i < values.length; i++) a += 0 * values[i];
  return a + b + c + d === 0;
}

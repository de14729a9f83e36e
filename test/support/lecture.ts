/** The lecture's 6 × 6 image and its two filters: rows W-01 and W-02 of the oracle table. */
export const IMAGE = ["100001", "010010", "001100", "100010", "010010", "001010"].map((row) =>
  [...row].map(Number),
);
export const FILTER_1 = [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]]; // prettier-ignore
export const FILTER_2 = [[-1, 1, -1], [-1, 1, -1], [-1, 1, -1]]; // prettier-ignore
/** Changed by a half turn, so that a flipped kernel shows (row W-07). */
export const ASYMMETRIC = [[1, 2, 0], [0, 1, 0], [0, 0, -1]]; // prettier-ignore

/** What the filters give at stride 1 without padding. */
export const MAP_1 = [[3, -1, -3, -1], [-3, 1, 0, -3], [-3, -3, 0, 1], [3, -2, -2, -1]]; // prettier-ignore
export const MAP_2 = [[-1, -1, -1, -1], [-1, -1, -2, 1], [-1, -1, -2, 1], [-1, 0, -4, 3]]; // prettier-ignore

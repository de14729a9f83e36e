import type { Tensor } from "../tensor/tensor.js";

/** 1 where `a` is larger than `b`, ½ where they are equal, 0 where it is smaller; 1 beside nan, as in PyTorch. */
export function shareOfWinner(a: Tensor, b: Tensor): Tensor {
  const dtype = a.dtype === "float64" || b.dtype === "float64" ? "float64" : "float32";
  return a.lt(b).to(dtype).add(a.eq(b).to(dtype).mul(0.5)).neg().add(1);
}

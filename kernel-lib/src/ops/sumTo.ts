import { backend } from "../backend/index.js";
import { sameShape, type Shape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";

/**
 * Bring the gradient of a broadcast result back to an input's shape: a value that was used
 * many times hears from each use, so the stretched dimensions are summed.
 */
export function sumTo(gradient: Tensor, like: Tensor): Tensor {
  const summed = sumToShape(gradient, like.shape);
  return summed.dtype === like.dtype ? summed : backend.current.cast(summed, like.dtype);
}

function sumToShape(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const missing = gradient.ndim - shape.length;
  const stretched = gradient.shape
    .map((_, dim) => dim)
    .filter((dim) => dim < missing || (shape[dim - missing] === 1 && gradient.shape[dim] !== 1));
  const summed = backend.current.reduce("sum", gradient, stretched);
  return new Tensor(summed.storage, shape, summed.dtype);
}

import { record } from "../autograd/record.js";
import type { StridedView } from "../backend/backend.js";
import { backend } from "../backend/index.js";
import { emptyTensor, type Tensor } from "../tensor/tensor.js";

/**
 * Read `x` along a walk over its storage; the gradient walks the same way back and adds up where
 * the walk came by more than once. Every movement op is one such walk.
 */
export function view(op: string, x: Tensor, walk: StridedView): Tensor {
  return record(
    op,
    backend.current.read(x, walk),
    [x],
    [
      (gradOut) => {
        const gradX = emptyTensor(x.shape, gradOut.dtype);
        backend.current.accumulate(gradX, walk, gradOut);
        return gradX;
      },
    ],
  );
}

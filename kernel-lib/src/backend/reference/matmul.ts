import { promote } from "../../tensor/dtype.js";
import { emptyTensor, type Tensor } from "../../tensor/tensor.js";
import type { MatmulGeometry } from "../backend.js";

export function matmul(a: Tensor, b: Tensor, g: MatmulGeometry): Tensor {
  const out = emptyTensor(g.shape, promote(a.dtype, b.dtype));
  const [o, x, y] = [out.storage, a.storage, b.storage];
  const sums = new Float64Array(g.columns); // one row of the result, wider than float32
  g.offsetsA.forEach((startA, product) => {
    const startB = g.offsetsB[product];
    for (let row = 0; row < g.rows; row++) {
      sums.fill(0);
      for (let k = 0; k < g.inner; k++) {
        const factor = x[startA + row * g.rowStepA + k * g.columnStepA];
        const from = startB + k * g.rowStepB;
        for (let column = 0; column < g.columns; column++) {
          sums[column] += factor * y[from + column * g.columnStepB];
        }
      }
      o.set(sums, (product * g.rows + row) * g.columns);
    }
  });
  return out;
}

import { Tensor } from "../tensor/tensor.js";

/** A tensor that a module learns: `backward` collects its gradient, an optimiser changes it. */
export class Parameter extends Tensor {
  /** @param values the starting values, whose storage is taken over */
  constructor(values: Tensor) {
    super(values.storage, values.shape, values.dtype);
    this.requiresGrad_();
  }
}

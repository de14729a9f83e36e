import { constant, vAndNot, vLessEqual, vPMax, type Value } from "../assembler.js";

/** The positive part; nan stays. */
export const positivePart = (x: Value): Value => vPMax(x, constant(0));

/** The gradient where `x` (or relu of it) is not 0 or less: nan passes it on, as in PyTorch. */
export const whereActive = (grad: Value, x: Value): Value => vAndNot(grad, vLessEqual(x, constant(0)));

import type { AvgPool2dGeometry, WindowGeometry } from "../../backend.js";
import { constant, vMul, vSub, type Func, type Value } from "../assembler.js";
import { each, leakyRelu, leakyReluGrad, multiply, relu, reluGrad } from "../routines/channels.js";
import { gelu, geluSlope, sigmoid, tanh } from "../routines/functions.js";
import type { Routine } from "../routines/routine.js";
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from "../routines/pooling.js";
import { fromPlain } from "../routines/layout.js";
import { windowsOf } from "../routines/windows.js";
import { view, type Flow, type Making, type Stage } from "./stage.js";

/*
 * The stages that have nothing to learn.
 */

const nothing = (): Record<string, never> => ({});

export function maxPoolStage(making: Making, g: WindowGeometry, x: Flow, y: Flow): Stage {
  const { layout, name } = making;
  const { batch, channels, height, width } = y.grid;
  const index = layout.grid(batch, channels, height, width);
  const window = { from: x.grid, to: y.grid, g, windows: windowsOf(g)! };
  return {
    load: () => {},
    forward: [maxPool(`${name}.forward`, window, index)],
    backward:
      x.grad && y.grad
        ? [
            maxPoolGrad(
              `${name}.gradInput`,
              window,
              { from: x.grad, to: y.grad },
              index,
              x.relu ? y.grid : undefined, // the largest of positive parts is positive, or all were cut off
            ),
          ]
        : [],
    gradients: nothing,
  };
}

export function avgPoolStage(making: Making, g: AvgPool2dGeometry, x: Flow, y: Flow): Stage {
  const { name } = making;
  const window = { from: x.grid, to: y.grid, g, windows: windowsOf(g)! };
  const back =
    x.grad && y.grad ? [avgPoolGrad(`${name}.gradInput`, window, { from: x.grad, to: y.grad })] : [];
  return {
    load: () => {},
    forward: [avgPool(`${name}.forward`, window)],
    backward: [...back, ...(back.length ? keptPositive(name, x) : [])],
    gradients: nothing,
  };
}

export function reluStage({ name }: Making, x: Flow, y: Flow): Stage {
  return {
    load: () => {},
    forward: [relu(`${name}.forward`, x.grid, y.grid)],
    // What arrives was already kept to where y is positive, which is where x is.
    backward: x.grad && y.grad ? [reluGrad(`${name}.gradInput`, y.grad, x.grid, x.grad)] : [],
    gradients: nothing,
  };
}

export function leakyReluStage({ name }: Making, slope: number, x: Flow, y: Flow): Stage {
  return {
    load: () => {},
    forward: [leakyRelu(`${name}.forward`, x.grid, slope, y.grid)],
    backward:
      x.grad && y.grad
        ? [leakyReluGrad(`${name}.gradInput`, y.grad, x.grid, slope, x.grad), ...keptPositive(name, x)]
        : [],
    gradients: nothing,
  };
}

/** A function, and what its gradient is multiplied with, from what went in and what came out. */
interface Smooth {
  readonly value: (f: Func, x: Value) => Value;
  readonly slope: (f: Func, x: Value, y: Value) => Value;
}
const SMOOTH: Readonly<Record<"sigmoid" | "tanh" | "gelu", Smooth>> = {
  sigmoid: { value: sigmoid, slope: (_, __, y) => vMul(y, vSub(constant(1), y)) },
  tanh: { value: tanh, slope: (_, __, y) => vSub(constant(1), vMul(y, y)) },
  gelu: { value: gelu, slope: geluSlope },
};

export function smoothStage({ name }: Making, kind: keyof typeof SMOOTH, x: Flow, y: Flow): Stage {
  const { value, slope } = SMOOTH[kind];
  return {
    load: () => {},
    forward: [each(`${name}.forward`, [x.grid], y.grid, value)],
    backward:
      x.grad && y.grad
        ? [
            each(`${name}.gradInput`, [x.grid, y.grid, y.grad], x.grad, (f, before, after, grad) =>
              vMul(grad, slope(f, before, after)),
            ),
            ...keptPositive(name, x),
          ]
        : [],
    gradients: nothing,
  };
}

/** Every value times its factor, or every map times one; the gradient as well. */
export function dropoutStage({ layout, name }: Making, perMap: boolean, x: Flow, y: Flow): Stage {
  const { batch, channels, height, width } = x.grid;
  const plain = layout.floats(batch * channels * (perMap ? 1 : height * width));
  const mask = perMap ? layout.grid(batch, channels, 1, 1) : layout.grid(batch, channels, height, width);
  // One pixel that stands for all of its map: there is no way from it to the next.
  const factors = perMap ? { ...mask, pixel: 0, row: 0 } : mask;
  return {
    load: (block, { mask: drawn }) => view(block, plain, drawn!.numel).set(drawn!.storage),
    forward: [fromPlain(`${name}.mask`, plain, mask), multiply(`${name}.forward`, x.grid, factors, y.grid)],
    backward:
      x.grad && y.grad
        ? [multiply(`${name}.gradInput`, y.grad, factors, x.grad), ...keptPositive(name, x)]
        : [],
    gradients: nothing,
  };
}

/** The gradient of what came out of a relu, kept where it is positive. */
function keptPositive(name: string, x: Flow): Routine[] {
  return x.grad && x.relu ? [reluGrad(`${name}.positive`, x.grad, x.grid, x.grad)] : [];
}

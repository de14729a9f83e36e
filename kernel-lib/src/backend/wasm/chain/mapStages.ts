import type { AvgPool2dGeometry, WindowGeometry } from "../../backend.js";
import type { Grid } from "../grid.js";
import { relu, reluGrad } from "../routines/channels.js";
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad, type Pooling } from "../routines/pooling.js";
import type { Flow, Making, Stage } from "./stage.js";

/*
 * The stages that have nothing to learn.
 */

const nothing = (): Record<string, never> => ({});

function pooling(g: WindowGeometry, from: Grid, to: Grid): Pooling {
  return {
    from,
    to,
    window: [g.kernelHeight, g.kernelWidth],
    stride: [g.strideY, g.strideX],
    dilation: [g.dilationY, g.dilationX],
  };
}

export function maxPoolStage(making: Making, g: WindowGeometry, x: Flow, y: Flow): Stage {
  const { layout, name } = making;
  const { batch, channels, height, width } = y.grid;
  const index = layout.grid(batch, channels, height, width);
  const window = pooling(g, x.grid, y.grid);
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
  const window = pooling(g, x.grid, y.grid);
  const back =
    x.grad && y.grad ? [avgPoolGrad(`${name}.gradInput`, window, { from: x.grad, to: y.grad })] : [];
  const mask = x.grad && x.relu ? [reluGrad(`${name}.mask`, x.grad, x.grid, x.grad)] : [];
  return {
    load: () => {},
    forward: [avgPool(`${name}.forward`, window)],
    backward: [...back, ...mask],
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

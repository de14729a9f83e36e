import { nn, rand, type Tensor } from "kernel-lib";

// Small networks with what makes routines differ: odd sizes, strides, dilation, few channels and many.

export const relu = (): nn.ReLU => new nn.ReLU();

/** Layers, made anew at each call, and a shape of images that they take. */
export type Net = { name: string; shape: number[]; make(): nn.Module[] };

export const NETS: Net[] = [
  {
    name: "LeNet",
    shape: [3, 1, 28, 28],
    make: () => [new nn.Conv2d(1, 8, 5, { padding: 2 }), relu(), new nn.MaxPool2d(2), new nn.Conv2d(8, 16, 5, { padding: 2 }), relu(), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(784, 10)], // prettier-ignore
  },
  {
    name: "odd sizes, strides, dilation, no bias, channels that are no fours",
    shape: [2, 3, 13, 11],
    make: () => [new nn.Conv2d(3, 6, 3, { padding: 1, stride: 2 }), new nn.BatchNorm2d(6), relu(), new nn.Conv2d(6, 10, [2, 3], { stride: [1, 2], dilation: [2, 1], bias: false }), relu(), new nn.AvgPool2d(2, { stride: 1 }), new nn.Flatten(), new nn.Linear(40, 7), relu(), new nn.Linear(7, 3)], // prettier-ignore
  },
  {
    name: "strides beyond the kernel, overlapping pools, same padding",
    shape: [5, 2, 17, 15], // enough samples for a batch norm behind a dense layer not to magnify the last bit
    make: () => [new nn.Conv2d(2, 5, 2, { padding: "same" }), relu(), new nn.MaxPool2d(3, { stride: 2 }), new nn.Conv2d(5, 9, [1, 2], { stride: 3 }), new nn.BatchNorm2d(9), new nn.MaxPool2d([2, 1]), relu(), new nn.Flatten(), new nn.Linear(18, 4), new nn.BatchNorm1d(4)], // prettier-ignore
  },
  {
    name: "a network of convolutions only",
    shape: [1, 5, 9, 9],
    make: () => [new nn.Conv2d(5, 8, 5, { padding: 2 }), relu(), new nn.Conv2d(8, 8, 3, { padding: 1 }), relu(), new nn.Conv2d(8, 1, 1), new nn.Flatten()], // prettier-ignore
  },
  {
    name: "many channels",
    shape: [2, 32, 9, 10],
    make: () => [new nn.Conv2d(32, 40, 3, { padding: 1 }), new nn.BatchNorm2d(40), relu(), new nn.Conv2d(40, 33, 3), relu(), new nn.AvgPool2d(7), new nn.Flatten(), new nn.Linear(33, 5)], // prettier-ignore
  },
  {
    name: "dense layers",
    shape: [19, 30],
    make: () => [new nn.Linear(30, 17), relu(), new nn.BatchNorm1d(17), new nn.Linear(17, 17, { bias: false }), relu(), new nn.Linear(17, 2)], // prettier-ignore
  },
  {
    name: "dense layers of many features, a batch that is no eights",
    shape: [9, 2, 19, 18],
    make: () => [new nn.Conv2d(2, 3, 3, { padding: 1 }), relu(), new nn.Flatten(), new nn.Linear(1026, 21), relu(), new nn.Linear(21, 5)], // prettier-ignore
  },
  {
    name: "depthwise convolutions, in groups and not, channels that are no fours",
    shape: [2, 6, 11, 9],
    make: () => [new nn.Conv2d(6, 6, 3, { padding: 1, groups: 6 }), new nn.BatchNorm2d(6), relu(), new nn.Conv2d(6, 18, [2, 3], { stride: 2, dilation: [1, 2], groups: 6, bias: false }), relu(), new nn.Conv2d(18, 18, 3, { padding: 2, stride: [1, 2], groups: 18 }), relu(), new nn.Conv2d(18, 3, 1, { groups: 3 }), new nn.Conv2d(3, 3, 2, { groups: 3 }), new nn.Flatten(), new nn.Linear(36, 2)], // prettier-ignore
  },
  {
    name: "groups of few channels and of many",
    shape: [2, 15, 7, 8],
    make: () => [new nn.Conv2d(15, 33, 3, { padding: 1, groups: 3 }), relu(), new nn.Conv2d(33, 42, 2, { dilation: 2, groups: 3, stride: [2, 1] }), new nn.BatchNorm2d(42), relu(), new nn.Conv2d(42, 10, [1, 3], { groups: 2, padding: [0, 1] }), relu(), new nn.Conv2d(10, 15, 2, { groups: 5, padding: 1 }), new nn.Flatten(), new nn.Linear(420, 2)], // prettier-ignore
  },
  {
    name: "pools whose windows are cut at the edges",
    shape: [2, 3, 19, 17],
    make: () => [new nn.Conv2d(3, 6, 3, { padding: 1 }), relu(), new nn.MaxPool2d(3, { stride: 2, padding: 1 }), new nn.Conv2d(6, 5, 1), new nn.AvgPool2d(3, { stride: 2, padding: 1, ceilMode: true }), new nn.BatchNorm2d(5), new nn.AvgPool2d(2, { stride: 1, padding: 1, countIncludePad: false }), new nn.MaxPool2d([2, 3], { stride: 1, padding: 1, dilation: 2, ceilMode: true }), new nn.Conv2d(5, 4, 1), relu(), new nn.AvgPool2d(2, { padding: 1 }), new nn.MaxPool2d(2, { ceilMode: true }), new nn.Flatten(), new nn.Linear(16, 3)], // prettier-ignore
  },
  {
    name: "functions that bend",
    shape: [2, 3, 9, 8],
    make: () => [new nn.Conv2d(3, 6, 3), new nn.Tanh(), new nn.Conv2d(6, 5, 3, { padding: 1 }), new nn.GELU(), new nn.Conv2d(5, 6, 1), relu(), new nn.Sigmoid(), new nn.Flatten(), new nn.Linear(252, 7), new nn.GELU(), new nn.Linear(7, 3), new nn.Sigmoid()], // prettier-ignore
  },
  {
    name: "layers that run by themselves in between",
    shape: [2, 4, 8, 8],
    make: () => [nn.input(4, 8, 8), new nn.Conv2d(4, 8, 3), new nn.Softmax(1), new nn.Conv2d(8, 4, 3, { groups: 2 }), relu(), new nn.Upsample({ scaleFactor: 2 }), new nn.MaxPool2d(4, { padding: 2 }), new nn.Sequential(new nn.Conv2d(4, 4, 2), relu()), new nn.Flatten(), new nn.Linear(16, 3)], // prettier-ignore
  },
];

/** Everything that a step computes: the output, all gradients, all buffers. */
export function step(net: nn.Sequential, x: Tensor): Map<string, Tensor> {
  net.zeroGrad();
  x.grad = null;
  const out = net.forward(x);
  out.mul(out.detach().mul(0.3).add(0.1)).sum().backward();
  return new Map([
    ["output", out.detach()],
    ...(x.grad ? [["input", x.grad] as const] : []),
    ...net.namedParameters().flatMap(([name, { grad }]) => (grad ? [[name, grad] as const] : [])),
    ...net.namedBuffers().map(([name, buffer]) => [name, buffer.clone()] as const),
  ]);
}

const pick = (n: number): number => Math.floor(rand(1).item() * n);

/** Layers that follow each other at random, with their way to three numbers; at most so many channels. */
export function randomStack(most = 14): { shape: number[]; layers: nn.Module[] } {
  let [channels, height, width] = [1 + pick(9), 6 + pick(9), 6 + pick(9)];
  const shape = [1 + pick(4), channels, height, width];
  const layers: nn.Module[] = [];
  while (layers.length < 5 && Math.min(height, width) > 3) {
    const kind = pick(4);
    if (kind < 2) {
      const kernel = [1 + pick(3), 1 + pick(3)] as const;
      const groups = [1, 1, channels][pick(3)];
      const options = {
        stride: 1 + pick(2),
        padding: pick(3),
        dilation: 1 + pick(2),
        bias: pick(2) > 0,
        groups,
      };
      const size = (n: number, k: number): number =>
        Math.floor((n + 2 * options.padding - options.dilation * (k - 1) - 1) / options.stride) + 1;
      if (size(height, kernel[0]) < 1 || size(width, kernel[1]) < 1) continue;
      const outChannels = groups * (1 + pick(Math.ceil(most / groups)));
      layers.push(new nn.Conv2d(channels, outChannels, kernel, options), relu());
      [channels, height, width] = [outChannels, size(height, kernel[0]), size(width, kernel[1])];
    } else if (kind === 2) {
      layers.push(new nn.BatchNorm2d(channels));
    } else {
      const [kernel, stride] = [1 + pick(3), 1 + pick(2)];
      const [options, countIncludePad] = [{ stride, padding: pick(1 + Math.floor(kernel / 2)), ceilMode: pick(2) > 0 }, pick(2) > 0]; // prettier-ignore
      layers.push(pick(2) ? new nn.MaxPool2d(kernel, options) : new nn.AvgPool2d(kernel, { ...options, countIncludePad })); // prettier-ignore
      [, , height, width] = layers.at(-1)!.forward(rand(1, 1, height, width)).shape;
    }
  }
  return { shape, layers: [...layers, new nn.Flatten(), new nn.Linear(channels * height * width, 3)] };
}

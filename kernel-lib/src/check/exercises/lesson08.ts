import { F, Generator, nn, noGrad, randn, Tensor, tensor, zeros } from "../../index.js";
import { written } from "../compare.js";
import type { AnyExercise, Exercise, Trial } from "../exercise.js";

type Shape = number[];
type Step = {
  layer: "conv" | "pool" | "flatten" | "linear";
  kernelSize?: number;
  channels?: number;
  padding?: number;
  features?: number;
};

const say = (value: unknown): string => JSON.stringify(value);

const shapeWalk: Exercise<(shape: Shape, steps: Step[]) => Shape[]> = {
  id: "8.1",
  title: { en: "Shape walk", zh: "形状走查" },
  task: {
    en: "Fill in shapesAfter(shape, steps): the shape of one sample after each layer.",
    zh: "补全 shapesAfter(shape, steps)：一个样本经过每一层之后的形状。",
  },
  hints: [
    {
      en: "Keep the present shape in a variable, and push a new one for every step.",
      zh: "用一个变量保存当前形状，每走一步就存下新的形状。",
    },
    {
      en: "conv: side − kernelSize + 2 · padding + 1, and its own number of channels. pool: ⌊side / kernelSize⌋. flatten: one number, the product.",
      zh: "conv：边长 − kernelSize + 2 · padding + 1，通道数换成它自己的。pool：⌊边长 / kernelSize⌋。flatten：一个数，即乘积。",
    },
    {
      en: "linear: the shape becomes [features], whatever it was before.",
      zh: "linear：无论之前是什么，形状都变成 [features]。",
    },
  ],
  *trials(shapesAfter) {
    const one = (shape: Shape, steps: Step[], expected: Shape[]): Trial => ({
      input: `shape = ${say(shape)}, steps = ${say(steps)}`,
      run: () => ({
        got: shapesAfter(
          [...shape],
          steps.map((step) => ({ ...step })),
        ),
        expected,
      }),
    });
    yield one([1, 8, 8], [{ layer: "flatten" }], [[64]]);
    yield one([1, 8, 8], [{ layer: "conv", kernelSize: 3, channels: 4 }], [[4, 6, 6]]);
    yield one([1, 8, 8], [{ layer: "conv", kernelSize: 3, channels: 4, padding: 1 }, { layer: "pool", kernelSize: 2 }], [[4, 8, 8], [4, 4, 4]]); // prettier-ignore
    yield one([2, 7, 5], [{ layer: "pool", kernelSize: 2 }, { layer: "flatten" }, { layer: "linear", features: 3 }], [[2, 3, 2], [12], [3]]); // prettier-ignore
    const generator = new Generator(81);
    for (let i = 0; i < 10; i++) {
      const shape = [1 + generator.integer(3), 6 + generator.integer(6), 6 + generator.integer(6)];
      const [kernelSize, channels, padding] = [
        1 + generator.integer(4),
        1 + generator.integer(8),
        generator.integer(2),
      ];
      const steps: Step[] = [
        { layer: "conv", kernelSize, channels, padding },
        { layer: "pool", kernelSize: 2 },
        { layer: "flatten" },
      ];
      const conv = new nn.Conv2d(shape[0], channels, kernelSize, { padding });
      const layers = [conv, new nn.MaxPool2d(2), new nn.Flatten()];
      const expected: Shape[] = [];
      noGrad(() => layers.reduce((x, layer) => {
        const out = layer.forward(x);
        expected.push(out.shape.slice(1));
        return out;
      }, zeros([1, ...shape]))); // prettier-ignore
      yield one(shape, steps, expected);
    }
  },
};

type Normalize = (x: Tensor, eps: number) => Tensor;

const normalization: Exercise<Normalize> = {
  id: "8.2",
  title: { en: "Batch normalisation", zh: "批归一化" },
  task: {
    en: "Fill in normalize(x, eps): each channel of a batch (N, C, H, W) to mean 0 and variance 1.",
    zh: "补全 normalize(x, eps)：把一批图像 (N, C, H, W) 的每个通道变为均值 0、方差 1。",
  },
  hints: [
    {
      en: "A channel's values lie in dimensions 0, 2 and 3: over those you average.",
      zh: "一个通道的数值分布在第 0、2、3 维：就在这些维上求平均。",
    },
    {
      en: "x.mean([0, 2, 3], { keepdim: true }) keeps the shape (1, C, 1, 1), which broadcasts against x.",
      zh: "x.mean([0, 2, 3], { keepdim: true }) 的形状是 (1, C, 1, 1)，可以与 x 广播。",
    },
    {
      en: "centred = x − mean; variance = mean of centred²; the answer is centred / √(variance + eps).",
      zh: "centred = x − 均值；方差 = centred² 的均值；答案是 centred / √(方差 + eps)。",
    },
  ],
  *trials(normalize) {
    const one = (x: Tensor, eps: number, because?: Trial["because"]): Trial => ({
      input: `x = ${written(x)}, eps = ${eps}`,
      run: () => ({
        got: normalize(x.clone(), eps),
        expected: F.batchNorm(x, undefined, undefined, { training: true, eps }),
      }),
      ...(because && { because }),
    });
    const f64 = { dtype: "float64" } as const;
    yield one(tensor([[[[1, 3]]]], f64), 0, {
      en: "Mean 2, standard deviation 1.",
      zh: "均值 2，标准差 1。",
    });
    yield one(tensor([[[[1, 3]], [[10, 30]]]], f64), 0, {
      en: "Each channel has a mean of its own.",
      zh: "每个通道有自己的均值。",
    });
    yield one(tensor([[[[5, 5]]]], f64), 1e-5, {
      en: "A channel that never changes must not divide by zero: eps goes under the root.",
      zh: "不变的通道不能除以零：eps 加在根号里面。",
    });
    yield one(randn(2, 2, 2, 2, { ...f64, generator: new Generator(82) }), 1e-5);
  },
};

const residual: Exercise<(x: Tensor, block: (x: Tensor) => Tensor) => Tensor> = {
  id: "8.3",
  title: { en: "Residual connection", zh: "残差连接" },
  task: {
    en: "Fill in residual(x, block): the block's output added to its input, then relu.",
    zh: "补全 residual(x, block)：块的输出加上它的输入，再做 relu。",
  },
  hints: [
    {
      en: "Two things are added: what came in, and what the block made of it.",
      zh: "相加的两项：输入，以及块对它算出的结果。",
    },
    {
      en: "The block is called like any function, block(x), and a.add(b) adds two tensors.",
      zh: "块像普通函数一样调用：block(x)；a.add(b) 把两个张量相加。",
    },
    {
      en: "relu comes last, on the sum: (what came in + what the block made of it).relu().",
      zh: "relu 放在最后，作用在和上：（输入 + 块的输出）.relu()。",
    },
  ],
  *trials(answer) {
    const x = tensor([[-1, 2, -3]], { dtype: "float64" });
    const one = (block: (x: Tensor) => Tensor, name: string): Trial => ({
      input: `x = ${written(x)}, block = ${name}`,
      run: () => ({ got: answer(x.clone(), block), expected: block(x).add(x).relu() }),
    });
    yield one((h) => h.mul(0), "(h) => h.mul(0)");
    yield one((h) => h.mul(2), "(h) => h.mul(2)");
    yield one((h) => h.mul(-1).add(1), "(h) => h.mul(-1).add(1)");
    yield {
      input: { en: "the gradient of x, for a block that gives 0", zh: "块输出为 0 时 x 的梯度" },
      run: () => {
        const input = tensor([[1, 2, 3]], { dtype: "float64", requiresGrad: true });
        answer(input, (h) => h.mul(0))
          .sum()
          .backward();
        return { got: input.grad, expected: [[1, 1, 1]] };
      },
      because: {
        en: "The way round carries the gradient even where the block is dead.",
        zh: "即使块已“死”，捷径仍然传递梯度。",
      },
    };
  },
};

/** A network that fits the exercise may be at most this large: convolutions share, so they need few weights. */
const PARAMETERS_ALLOWED = 20_000;

const repaired: Exercise<() => nn.Module> = {
  id: "8.4",
  title: { en: "A network that does not fit", zh: "拼不上的网络" },
  task: {
    en: "Repair repairedNet(): it must take (N, 1, 8, 8) and give (N, 10).",
    zh: "修好 repairedNet()：输入 (N, 1, 8, 8)，输出 (N, 10)。",
  },
  hints: [
    {
      en: "Walk the shapes as in 8.1, layer by layer, and stop where a layer expects something else.",
      zh: "像 8.1 那样逐层走查形状，停在第一处对不上的地方。",
    },
    {
      en: "The second convolution gets as many channels as the first one has kernels.",
      zh: "第二个卷积的输入通道数，等于第一个卷积的核数。",
    },
    {
      en: "Before the last layer there are channels · height · width numbers: 16 · 2 · 2.",
      zh: "最后一层之前有 通道 · 高 · 宽 个数：16 · 2 · 2。",
    },
  ],
  *trials(build) {
    const shape = (n: number): Trial => ({
      input: { en: `a batch of shape (${n}, 1, 8, 8)`, zh: `一批形状为 (${n}, 1, 8, 8) 的图像` },
      run: () => ({
        got: noGrad(() =>
          build()
            .eval()
            .forward(zeros(n, 1, 8, 8)),
        ).shape,
        expected: [n, 10],
      }),
    });
    yield shape(1);
    yield shape(3);
    yield {
      input: { en: "the modules of the network", zh: "网络的模块" },
      run: () => ({ got: convolutions(build()) >= 2, expected: true }),
      because: {
        en: "It keeps its two convolutions: repair it, do not replace it.",
        zh: "两个卷积都要保留：是修，不是换。",
      },
    };
    yield {
      input: { en: `at most ${PARAMETERS_ALLOWED} parameters`, zh: `参数不超过 ${PARAMETERS_ALLOWED} 个` },
      run: () => ({
        got:
          build()
            .parameters()
            .reduce((sum, p) => sum + p.numel, 0) <= PARAMETERS_ALLOWED,
        expected: true,
      }),
    };
  },
};

function convolutions(module: nn.Module): number {
  const own = module instanceof nn.Conv2d ? 1 : 0;
  return module.children().reduce((sum, child) => sum + convolutions(child), own);
}

export const lesson08: readonly AnyExercise[] = [shapeWalk, normalization, residual, repaired];

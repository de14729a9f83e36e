import { F, Generator, randint, tensor, type Tensor } from "../../index.js";
import { plain, written } from "../compare.js";
import type { AnyExercise, Exercise, Trial } from "../exercise.js";
import { mutants, type Convolve } from "./convolutionMutants.js";

type Matrix = number[][];

/** The 6 × 6 image and the two filters of the lecture (rows W-01 and W-02). */
const IMAGE = ["100001", "010010", "001100", "100010", "010010", "001010"].map((row) => [...row].map(Number));
const FILTER_1 = [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]]; // prettier-ignore
const FILTER_2 = [[-1, 1, -1], [-1, 1, -1], [-1, 1, -1]]; // prettier-ignore
/** No half turn leaves this kernel as it is, so it tells a flipped window from a right one (row W-07). */
const LOPSIDED = [[1, 2, 0], [0, 1, 0], [0, 0, -1]]; // prettier-ignore

function reference(image: Matrix, kernel: Matrix, stride = 1): Matrix {
  const x = tensor(image, { dtype: "float64" }).unsqueeze(0).unsqueeze(0);
  const weight = tensor(kernel, { dtype: "float64" }).unsqueeze(0).unsqueeze(0);
  return F.conv2d(x, weight, undefined, { stride }).at(0, 0).toArray() as Matrix;
}

function randomMatrix(rows: number, columns: number, generator: Generator): Matrix {
  return randint(-2, 3, [rows, columns], { generator }).toArray() as Matrix;
}

const copy = (matrix: Matrix): Matrix => matrix.map((row) => [...row]);

const singleChannel: Exercise<Convolve> = {
  id: "4.1",
  title: { en: "Convolution by hand", zh: "手写卷积" },
  task: {
    en: "Fill in convolve(image, kernel, stride): one dot product for each stop of the window.",
    zh: "补全 convolve(image, kernel, stride)：窗口每停一次，就做一次点积。",
  },
  hints: [
    {
      en: "How many stops fit? Along one side ⌊(image − kernel) / stride⌋ + 1. Begin with that many rows and columns of zeros.",
      zh: "窗口能停几次？每条边是 ⌊(图像边长 − 核边长) / 步长⌋ + 1。先准备好这么多行、这么多列的零。",
    },
    {
      en: "Four loops: output row, output column, kernel row, kernel column. The pixel under kernel[u][v] is image[row · stride + u][column · stride + v].",
      zh: "四重循环：输出行、输出列、核的行、核的列。kernel[u][v] 下面的像素是 image[row · stride + u][column · stride + v]。",
    },
    {
      en: "The innermost loop adds that pixel times kernel[u][v] to a sum. The sum starts at 0 for each output place and is stored after the two inner loops.",
      zh: "最内层循环把这个像素与 kernel[u][v] 的乘积加到和里。每个输出位置的和都从 0 开始，两重内循环结束后存入输出。",
    },
  ],
  *trials(convolve) {
    const one = (image: Matrix, kernel: Matrix, stride: number, because?: Trial["because"]): Trial => ({
      input: `image =\n${indented(image)}\n  kernel =\n${indented(kernel)}\n  stride = ${stride}`,
      run: () => ({
        got: convolve(copy(image), copy(kernel), stride),
        expected: reference(image, kernel, stride),
      }),
      ...(because && { because }),
    });
    yield one([[1, 2], [3, 4]], [[10]], 1, { en: "A 1 × 1 kernel only scales every pixel.", zh: "1 × 1 的核只是把每个像素乘以同一个数。" }); // prettier-ignore
    yield one([[1, 2, 3]], [[1, 10]], 1, {
      en: "The window stops twice: at 1 2 and at 2 3.",
      zh: "窗口停两处：1 2 和 2 3。",
    });
    yield one(IMAGE, FILTER_1, 1);
    yield one(IMAGE, FILTER_2, 1);
    yield one(IMAGE, LOPSIDED, 1, {
      en: "The kernel is laid on as it is, not turned round.",
      zh: "卷积核原样放上去，不要翻转。",
    });
    yield one(IMAGE, FILTER_1, 2, {
      en: "With stride 2 the window moves two pixels at a time.",
      zh: "步长为 2 时，窗口每次移动两个像素。",
    });
    const generator = new Generator(41);
    for (let i = 0; i < 20; i++) {
      const size = (low: number, high: number): number => low + generator.integer(high - low + 1);
      const [kh, kw] = [size(1, 3), size(1, 3)];
      const image = randomMatrix(size(kh, 6), size(kw, 6), generator);
      yield one(image, randomMatrix(kh, kw, generator), size(1, 3));
    }
  },
};

type ConvolveChannels = (x: number[][][], weight: number[][][][], bias: number[]) => number[][][];

const manyChannels: Exercise<ConvolveChannels> = {
  id: "4.2",
  title: { en: "Channels, kernels, bias", zh: "多通道、多核与偏置" },
  task: {
    en: "Fill in convolveChannels(x, weight, bias): each kernel adds up its channels and its bias.",
    zh: "补全 convolveChannels(x, weight, bias)：每个卷积核把各通道的结果加起来，再加上偏置。",
  },
  hints: [
    {
      en: "Each kernel gives one map, so the output has weight.length channels.",
      zh: "每个卷积核得到一张图，所以输出有 weight.length 个通道。",
    },
    {
      en: "For kernel o, run convolve(x[c], weight[o][c], 1) for every channel c and add the maps position by position.",
      zh: "对第 o 个核，对每个通道 c 运行 convolve(x[c], weight[o][c], 1)，把各张图逐位置相加。",
    },
    {
      en: "Start each sum at bias[o] instead of 0. The bias is added once a position, not once a channel.",
      zh: "每个位置的和从 bias[o] 而不是 0 开始。偏置每个位置只加一次，不是每个通道加一次。",
    },
  ],
  *trials(convolveChannels) {
    const one = (x: Tensor, weight: Tensor, bias: Tensor, because?: Trial["because"]): Trial => ({
      input: `x =\n${indented(x)}\n  weight =\n${indented(weight)}\n  bias = ${written(bias)}`,
      run: () => ({
        got: convolveChannels(
          plain(x.clone()) as number[][][],
          plain(weight.clone()) as number[][][][],
          plain(bias.clone()) as number[],
        ),
        expected: F.conv2d(x.unsqueeze(0), weight, bias).squeeze(0),
      }),
      ...(because && { because }),
    });
    const f64 = (values: Parameters<typeof tensor>[0]): Tensor => tensor(values, { dtype: "float64" });
    yield one(f64([[[1]], [[2]]]), f64([[[[10]], [[100]]]]), f64([5]), {
      en: "One position, two channels: 1 · 10 + 2 · 100 + 5.",
      zh: "一个位置、两个通道：1 · 10 + 2 · 100 + 5。",
    });
    yield one(f64([[[1, 2]]]), f64([[[[1]]], [[[-1]]]]), f64([0, 1]), {
      en: "One channel, two kernels: two maps come out.",
      zh: "一个通道、两个核：输出两张图。",
    });
    const generator = new Generator(42);
    for (let i = 0; i < 12; i++) {
      const size = (low: number, high: number): number => low + generator.integer(high - low + 1);
      const [channels, kernels, kh, kw] = [size(1, 3), size(1, 3), size(1, 3), size(1, 3)];
      const random = (shape: number[]): Tensor => randint(-2, 3, shape, { generator }).to("float64");
      yield one(
        random([channels, size(kh, 5), size(kw, 5)]),
        random([kernels, channels, kh, kw]),
        random([kernels]),
      );
    }
  },
};

type Kernels = { edge: Matrix; blur: Matrix; diagonal: Matrix };

/** A 5 × 5 picture with ones where the rule says so. */
const picture = (rule: (row: number, column: number) => boolean): Matrix =>
  Array.from({ length: 5 }, (_, row) => Array.from({ length: 5 }, (_, column) => Number(rule(row, column))));

const PICTURES = {
  flat: picture(() => true),
  leftHalf: picture((_, column) => column < 2),
  topHalf: picture((row) => row < 2),
  diagonal: picture((row, column) => row === column),
  antidiagonal: picture((row, column) => row + column === 4),
  horizontal: picture((row) => row === 2),
  vertical: picture((_, column) => column === 2),
};

const IN_CHINESE = { antidiagonal: " / ", horizontal: "横线", vertical: "竖线", flat: "平坦图" };

const designed: Exercise<() => Kernels> = {
  id: "4.3",
  title: { en: "Kernels of your own", zh: "自己设计卷积核" },
  task: {
    en: "Return three 3 × 3 kernels: edge finds vertical edges, blur averages, diagonal likes \\ best.",
    zh: "返回三个 3 × 3 的核：edge 找竖直边缘，blur 做平均，diagonal 对 \\ 方向的线响应最强。",
  },
  hints: [
    {
      en: "An edge is a difference: left side minus right side. A blur is an average. A line detector looks like the line.",
      zh: "边缘就是差：左边减右边。模糊就是平均。检测线条的核，看上去就像那条线。",
    },
    {
      en: "edge: on a flat picture everything has to cancel, so each row adds up to 0. blur: nine equal numbers that add up to 1.",
      zh: "edge：在平坦的图上要正好抵消，所以每一行的和为 0。blur：九个相等的数，和为 1。",
    },
    {
      en: "edge: three equal rows, for example −1 0 1. diagonal: positive on the diagonal, negative elsewhere, so that the nine add up to 0.",
      zh: "edge：三行相同，例如 −1 0 1。diagonal：对角线上为正，其余为负，让九个数之和为 0。",
    },
  ],
  *trials(kernels) {
    const response = (name: keyof Kernels, on: keyof typeof PICTURES): Matrix =>
      reference(PICTURES[on], kernels()[name]);
    const strongest = (map: Matrix): number => Math.max(...map.flat());
    const rule = (input: Trial["input"], run: () => boolean): Trial => ({
      input,
      run: () => ({ got: run(), expected: true }),
    });
    yield rule({ en: "each kernel is 3 × 3", zh: "每个核都是 3 × 3" }, () =>
      Object.values(kernels()).every(
        (kernel) => kernel.length === 3 && kernel.every((row) => row.length === 3),
      ),
    );
    yield rule({ en: "edge says 0 everywhere on a flat picture", zh: "在平坦的图上，edge 处处为 0" }, () =>
      response("edge", "flat")
        .flat()
        .every((value) => Math.abs(value) < 1e-9),
    );
    yield rule({ en: "edge answers where the left half ends", zh: "在左半边的边界上，edge 有响应" }, () =>
      response("edge", "leftHalf")
        .flat()
        .some((value) => Math.abs(value) >= 1),
    );
    yield rule({ en: "edge does not answer to a horizontal edge", zh: "对水平边缘，edge 没有响应" }, () =>
      response("edge", "topHalf")
        .flat()
        .every((value) => Math.abs(value) < 1e-9),
    );
    yield rule({ en: "blur leaves a flat picture of ones at 1", zh: "全 1 的平坦图经 blur 后仍为 1" }, () =>
      response("blur", "flat")
        .flat()
        .every((value) => Math.abs(value - 1) < 1e-6),
    );
    yield rule(
      {
        en: "blur has no negative weight, and no weight above one half",
        zh: "blur 没有负权重，也没有超过一半的权重",
      },
      () =>
        kernels()
          .blur.flat()
          .every((weight) => weight >= 0 && weight <= 0.5),
    );
    for (const other of ["antidiagonal", "horizontal", "vertical", "flat"] as const) {
      yield rule(
        {
          en: `diagonal answers more strongly to \\ than to the ${other} picture`,
          zh: `diagonal 对 \\ 的响应强于对${IN_CHINESE[other]}的响应`,
        },
        () => strongest(response("diagonal", "diagonal")) > strongest(response("diagonal", other)),
      );
    }
  },
};

/** How many of the wrong versions a test has to find. */
const KILLS_WANTED = 8;

const museum: Exercise<(convolve: Convolve) => boolean> = {
  id: "4.4",
  title: { en: "The mistake museum", zh: "错误博物馆" },
  task: {
    en: "Write looksRight(convolve): true for a right convolution, false for at least 8 of 10 wrong ones.",
    zh: "写出 looksRight(convolve)：对正确的卷积返回 true，对 10 个错误版本中的至少 8 个返回 false。",
  },
  hints: [
    {
      en: "Compare with answers you know: the lecture's 6 × 6 image with Filter 1, and what you worked out in 4.1.",
      zh: "与已知答案比较：课上的 6 × 6 图像配滤波器 1，以及你在 4.1 里算出的结果。",
    },
    {
      en: "Filter 1 cannot tell a flipped kernel. Use one that a half turn changes, an image that is not square, and stride 2.",
      zh: "滤波器 1 分辨不出翻转的核。请用转半圈会变的核、非正方形的图像，以及步长 2。",
    },
    {
      en: "Check sizes as well as values, call convolve twice with the same arrays, and use negative numbers.",
      zh: "除了数值还要检查尺寸；用同一组数组调用两次；也要用负数。",
    },
  ],
  *trials(looksRight) {
    const right: Convolve = (image, kernel, stride) => reference(image, kernel, stride);
    yield {
      input: { en: "a right convolution", zh: "一个正确的卷积" },
      run: () => ({ got: looksRight(right), expected: true }),
      because: { en: "A test that refuses the right one is no use.", zh: "连正确版本都拒绝的测试没有用。" },
    };
    const survivors = mutants.filter(({ convolve }) => {
      try {
        return looksRight(convolve) !== false;
      } catch {
        return false; // a version that crashes the test is found, too
      }
    });
    const [missed] = survivors.map((mutant) => mutant.name);
    const found = mutants.length - survivors.length;
    yield {
      input: { en: `${mutants.length} wrong versions`, zh: `${mutants.length} 个错误版本` },
      run: () => ({ got: found >= KILLS_WANTED, expected: true }),
      because: {
        en: `Your test found ${found} of ${mutants.length}. One that got away ${missed?.en}.`,
        zh: `你的测试找出了 ${mutants.length} 个中的 ${found} 个。漏掉的一个：它${missed?.zh}。`,
      },
    };
  },
};

function indented(value: unknown): string {
  return written(value).replaceAll(/^/gm, "    ");
}

export const lesson04: readonly AnyExercise[] = [singleChannel, manyChannels, designed, museum];

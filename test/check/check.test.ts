import { check, F, hint, nn, todo, type Tensor } from "kernel-lib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { mutants, type Convolve } from "../../kernel-lib/src/check/exercises/convolutionMutants";
import { f64 } from "../support/tensors";

const printed: string[] = [];
beforeEach(() => {
  printed.length = 0;
  vi.spyOn(console, "log").mockImplementation((line: string) => void printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

type AnyFunction = (...args: never[]) => unknown;

const convolve: Convolve = (image, kernel, stride) =>
  Array.from({ length: Math.floor((image.length - kernel.length) / stride) + 1 }, (_, row) =>
    Array.from(
      { length: Math.floor((image[0].length - kernel[0].length) / stride) + 1 },
      (_, column) =>
      kernel.flatMap((line, u) => line.map((w, v) => w * image[row * stride + u][column * stride + v])).reduce((sum, product) => sum + product, 0), // prettier-ignore
    ),
  );

const convolveChannels = (x: number[][][], weight: number[][][][], bias: number[]): number[][][] =>
  weight.map((kernel, o) => {
    const maps = kernel.map((slice, c) => convolve(x[c], slice, 1));
    return maps[0].map((row, r) =>
      row.map((_, c) => maps.reduce((sum, map) => sum + map[r][c], bias[o])),
    );
  }); // prettier-ignore

const kernels = () => ({
  edge: [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
  blur: new Array(3).fill(new Array(3).fill(1 / 9)) as number[][],
  diagonal: [[2, -1, -1], [-1, 2, -1], [-1, -1, 2]],
}); // prettier-ignore

/** Finds every wrong version of the museum: sizes and values on an oblong image, twice with the same arrays. */
const looksRight = (candidate: Convolve): boolean => {
  const image = [[1, -2, 3, 4], [0, 5, -6, 7], [2, 2, 1, -3], [4, 0, 1, 2], [1, 1, 3, -1], [0, 2, 1, 5]]; // prettier-ignore
  const kernel = [[1, 2], [0, -3], [5, 1]]; // prettier-ignore
  return [1, 2, 1].every(
    (stride) => JSON.stringify(candidate(image, kernel, stride)) === JSON.stringify(convolve(image, kernel, stride)), // prettier-ignore
  );
};

type Step = { layer: string; kernelSize: number; channels: number; padding?: number; features: number };
const shapesAfter = (shape: number[], steps: Step[]): number[][] =>
  steps.map((step) => {
    const { layer, kernelSize, channels, padding = 0, features } = step;
    if (layer === "conv") shape = [channels, ...shape.slice(1).map((side) => side - kernelSize + 2 * padding + 1)]; // prettier-ignore
    if (layer === "pool") shape = [shape[0], ...shape.slice(1).map((side) => Math.floor(side / kernelSize))];
    if (layer === "flatten") shape = [shape.reduce((product, side) => product * side, 1)];
    if (layer === "linear") shape = [features];
    return shape;
  });

const normalize = (x: Tensor, eps: number): Tensor => {
  const centred = x.sub(x.mean([0, 2, 3], { keepdim: true }));
  return centred.div(centred.mul(centred).mean([0, 2, 3], { keepdim: true }).add(eps).sqrt());
};

const repairedNet = (): nn.Module =>
  new nn.Sequential(
    new nn.Conv2d(1, 8, 3, { padding: 1 }),
    new nn.MaxPool2d(2),
    new nn.Conv2d(8, 16, 3, { padding: 1 }),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(64, 10),
  );

const right: [id: string, answer: AnyFunction][] = [
  ["4.1", convolve],
  ["4.2", convolveChannels],
  ["4.3", kernels],
  ["4.4", looksRight],
  ["8.1", shapesAfter],
  ["8.2", normalize],
  ["8.3", (x: Tensor, block: (x: Tensor) => Tensor) => block(x).add(x).relu()],
  ["8.4", repairedNet],
];

/** What `check` throws, or nothing. */
function verdict(id: string, answer: unknown): string | undefined {
  try {
    check(id, answer);
    return undefined;
  } catch (error) {
    expect((error as Error).name).toBe("CheckFailed");
    return (error as Error).message;
  }
}

describe("check()", () => {
  test.each(right)("%s praises a right answer and throws nothing", (id, answer) => {
    expect(verdict(id, answer)).toBe(undefined);
    expect(printed).toHaveLength(1);
    expect(printed[0]).toMatch(new RegExp(`^✓ ${id} .+: all \\d+ cases right$`));
  });

  test.each(right)("%s tells a stub what to do and throws nothing", (id) => {
    expect(verdict(id, () => todo())).toBe(undefined);
    expect(printed).toHaveLength(1);
    expect(printed[0]).toMatch(new RegExp(`^○ ${id} .+: not attempted yet\n {2}.{20,}\n {2}Stuck\\? hint\\("${id}"\\)$`)); // prettier-ignore
  });

  test.each(right)("%s speaks Chinese where the lesson does", (id, answer) => {
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    check(id, answer);
    check(id, () => todo());
    expect(printed[0]).toMatch(new RegExp(`^✓ ${id} .+：\\d+ 个用例全部正确$`));
    expect(printed[1]).toMatch(new RegExp(`^○ ${id} .+：尚未作答\n[^]+hint\\("${id}"\\)$`));
    expect(verdict(id, () => 0)).toMatch(/^✗ [^]*(应为|抛出了错误)/);
  });

  const wrong: [what: string, id: string, answer: AnyFunction, said: string][] = [
    ["forgets the stride", "4.1", (image: number[][], kernel: number[][]) => convolve(image, kernel, 1), "stride = 2"], // prettier-ignore
    ["adds the bias to each channel", "4.2", (x: number[][][], w: number[][][][], b: number[]) => convolveChannels(x, w, b.map((each) => each * x.length)), "expected:\n  [[[215]]]\ngot:\n  [[[220]]]"], // prettier-ignore
    ["leaves the bias out", "4.2", (x: number[][][], w: number[][][][], b: number[]) => convolveChannels(x, w, b.map(() => 0)), "expected:\n  [[[215]]]\ngot:\n  [[[210]]]"], // prettier-ignore
    ["blurs with a sum of 9", "4.3", () => ({ ...kernels(), blur: new Array(3).fill([1, 1, 1]) }), "blur leaves a flat picture of ones at 1"], // prettier-ignore
    ["takes horizontal edges", "4.3", () => ({ ...kernels(), edge: [[-1, -1, -1], [0, 0, 0], [1, 1, 1]] }), "edge answers where the left half ends"], // prettier-ignore
    ["takes the other diagonal", "4.3", () => ({ ...kernels(), diagonal: [[-1, -1, 2], [-1, 2, -1], [2, -1, -1]] }), "diagonal answers more strongly to \\ than to the antidiagonal picture"], // prettier-ignore
    ["accepts everything", "4.4", () => true, "Your test found 0 of 10. One that got away turns the kernel by 180°."], // prettier-ignore
    ["refuses everything", "4.4", () => false, "A test that refuses the right one is no use."],
    ["forgets the padding", "8.1", (shape: number[], steps: Step[]) => shapesAfter(shape, steps.map((step) => ({ ...step, padding: 0 }))), "expected:\n  [[4, 8, 8],\n   [4, 4, 4]]\ngot:\n  [[4, 6, 6],\n   [4, 3, 3]]"], // prettier-ignore
    ["averages over all channels", "8.2", (x: Tensor) => x.sub(x.mean()).div(x.std(undefined, { correction: 0 })), "Each channel has a mean of its own."], // prettier-ignore
    ["puts eps behind the root", "8.2", (x: Tensor, eps: number) => F.batchNorm(x, undefined, undefined, { training: true, eps: 0 }).mul(eps === 0 ? 1 : 2), "eps goes under the root"], // prettier-ignore
    ["applies relu before the sum", "8.3", (x: Tensor, block: (x: Tensor) => Tensor) => block(x).relu().add(x), "block = (h) => h.mul(0)"], // prettier-ignore
    ["drops the way round", "8.3", (x: Tensor, block: (x: Tensor) => Tensor) => block(x).relu(), "expected:\n  [[0, 2, 0]]\ngot:\n  [[0, 0, 0]]"], // prettier-ignore
    ["cuts the gradient", "8.3", (x: Tensor, block: (x: Tensor) => Tensor) => block(x).add(x.detach()).relu(), "the gradient of x"], // prettier-ignore
    ["replaces the convolutions", "8.4", () => new nn.Sequential(new nn.Flatten(), new nn.Linear(64, 10)), "repair it, do not replace it"], // prettier-ignore
    ["gives nine classes", "8.4", () => new nn.Sequential(new nn.Flatten(), new nn.Linear(64, 9)), "expected:\n  [1, 10]\ngot:\n  [1, 9]"], // prettier-ignore
    ["is far too large", "8.4", () => new nn.Sequential(new nn.Conv2d(1, 8, 1), new nn.Conv2d(8, 8, 1), new nn.Flatten(), new nn.Linear(512, 50), new nn.Linear(50, 10)), "at most 20000 parameters"], // prettier-ignore
  ];

  test.each(wrong)("an answer that %s (%s) gets its counter-example and a way on", (_, id, answer, said) => {
    const message = verdict(id, answer);
    expect(message).toMatch(new RegExp(`^✗ ${id} .+\ninput: `));
    expect(message).toContain(said);
    expect(message).toMatch(new RegExp(`\nStuck\\? hint\\("${id}"\\)$`));
    expect(printed).toEqual([]);
  });

  test.each(mutants.map((mutant) => [mutant.name.en, mutant.convolve] as const))("a convolution that %s fails 4.1, but for side effects", (name, mutant) => {
    const message = verdict("4.1", mutant);
    if (name.startsWith("changes the image")) expect(message).toBe(undefined); // each trial has copies
    else expect(message).toContain("kernel =");
  }); // prettier-ignore

  test("shows the whole of a counter-example, smallest first", () => {
    expect(verdict("4.1", () => [[0]])).toBe(
      "✗ 4.1 Convolution by hand\n" +
        "input: image =\n    [[1, 2],\n     [3, 4]]\n  kernel =\n    [[10]]\n  stride = 1\n" +
        "expected:\n  [[10, 20],\n   [30, 40]]\ngot:\n  [[0]]\n(expected 2 entries, got 1)\n" +
        'A 1 × 1 kernel only scales every pixel.\nStuck? hint("4.1")',
    );
  });

  test("tells what an answer threw, and refuses what is no function", () => {
    const boom = (): never => {
      throw new RangeError("boom");
    };
    expect(verdict("8.2", boom)).toContain("\nyour function threw: RangeError: boom\n");
    expect(verdict("4.1", [[1]])).toBe("✗ 4.1 Convolution by hand\nexpected a function, got [[1]]");
  });

  test("does not let an answer change what it is compared with", () => {
    const greedy: Convolve = (image, kernel, stride) => {
      const answer = convolve(image, kernel, stride);
      for (const row of [...image, ...kernel]) row.fill(0);
      return answer;
    };
    expect(verdict("4.1", greedy)).toBe(undefined);
    const spoil = (x: Tensor, eps: number): Tensor => {
      const answer = normalize(x, eps);
      x.storage.fill(0);
      return answer;
    };
    expect(verdict("8.2", spoil)).toBe(undefined);
  });
});

describe("the mistake museum", () => {
  test("holds ten versions, each really wrong, and a thorough test finds all", () => {
    expect(mutants).toHaveLength(10);
    expect(mutants.filter((mutant) => looksRight(mutant.convolve)).map((mutant) => mutant.name.en)).toEqual(
      [],
    );
    expect(looksRight(convolve)).toBe(true);
  });

  test("asks for eight of ten", () => {
    /** Knows all but the versions with these numbers. */
    const blindTo =
      (...numbers: number[]) =>
      (candidate: Convolve): boolean =>
        numbers.some((i) => mutants[i].convolve === candidate) || looksRight(candidate);
    expect(verdict("4.4", blindTo(1, 2))).toBe(undefined);
    expect(verdict("4.4", blindTo(1, 2, 3))).toContain("Your test found 7 of 10.");
  });

  test("shows the lecture's filters to be blind to a flipped kernel", () => {
    const [flipped] = mutants;
    const filter = [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]]; // prettier-ignore
    const image = f64([[1, 2, 3, 4], [5, 6, 7, 8], [9, 1, 2, 3]]).toArray() as number[][]; // prettier-ignore
    expect(flipped.convolve(image, filter, 1)).toEqual(convolve(image, filter, 1));
  });
});

describe("hint()", () => {
  test.each(right)("%s has three, each opening on the next", (id) => {
    for (const level of [1, 2, 3]) hint(id, level);
    hint(id);
    expect(printed.map((text) => text.split("\n").filter((line) => /^[123]\. .{10,}/.test(line)).length)).toEqual([1, 2, 3, 1]); // prettier-ignore
    expect(printed[0]).toContain(`\n(more: hint("${id}", 2))`);
    expect(printed[2]).not.toContain("more:");
    expect(printed[1].startsWith(printed[0].split("\n")[0])).toBe(true);
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    hint(id);
    expect(printed[4]).toMatch(/[\u4e00-\u9fff]{3}/);
    expect(printed[4]).toContain(`更多提示：hint("${id}", 2)`);
  });
});

describe("todo()", () => {
  test("says by itself that nothing is there yet", () => {
    expect(() => todo()).toThrow(
      "todo(): this exercise is not solved yet; replace the line with your own code",
    );
  });
});

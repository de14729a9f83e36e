/** The right answers, worked out by the library instead of trusted. */
import { F, nn, ones, randn, tensor, Tensor, zeros } from "kernel-lib";
import { describe, expect, test } from "vitest";
import { letterOf, type Question, type Quiz } from "../../kernel-lib/src/check/question";
import { quizzes } from "../../kernel-lib/src/check/quizzes/index";
import { say, type Text } from "../../kernel-lib/src/display/language";

const questionsOf = (lesson: string): readonly Question[] => (quizzes.get(lesson) as Quiz).questions;
const rightOf = (question: Question) => question.options.filter((option) => option.right);

const filter1 = [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]]; // prettier-ignore
/** A number or a list as the quizzes write it: with a minus sign and with commas. */
const written = (value: number | number[]): string =>
  [value].flat().map((each) => each.toLocaleString("en").replace("-", "−")).join(", "); // prettier-ignore
const matrix = (rows: string): number[][] =>
  rows.split(" / ").map((row) => row.split(" ").map((value) => Number(value.replace("−", "-"))));
const slide = (image: Tensor, kernel: Tensor, options = {}): Tensor =>
  F.conv2d(image.unsqueeze(0).unsqueeze(0), kernel.unsqueeze(0).unsqueeze(0), undefined, options).at(0, 0);
const count = (module: nn.Module): number => module.parameters().reduce((sum, { numel }) => sum + numel, 0);

/** The network of lesson 08. */
const network = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Conv2d(1, 16, 3, { padding: 1 }),
    new nn.BatchNorm2d(16),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(16, 32, 3, { padding: 1 }),
    new nn.BatchNorm2d(32),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(512, 10),
  );

/** A question by its number, and what computes its answer. */
type Sum = [number: number, answer: () => string];

const sums04: Sum[] = [
  [1, () => slide(zeros(7, 7), zeros(3, 3), { stride: 2 }).shape.join(" × ")],
  [2, () => written(slide(tensor(matrix("0 1 0 / 0 1 0 / 0 1 0")), tensor(filter1)).item())],
  [3, () => written(count(new nn.Conv2d(3, 8, 5)))],
  [4, () => `(${new nn.Conv2d(3, 8, 5, { padding: 2 }).forward(zeros(16, 3, 32, 32)).shape.join(", ")})`],
  [5, () => written([...tensor([3, 1, 0, -2]).add(-1).relu().data])],
  [
    6,
    () => {
      const options = questionsOf("4")[5].options.map(({ text }) => text as string);
      const changed = options.filter((text) => {
        const kernel = tensor(matrix(text));
        return !kernel.flip(0, 1).eq(kernel).all().item();
      });
      return changed.join(" or ");
    },
  ],
  [
    7,
    () => {
      const weight = zeros([3, 3], { requiresGrad: true });
      slide(ones(6, 6), weight).sum().backward();
      const gradients = [...new Set((weight.grad as Tensor).data)];
      return written(gradients);
    },
  ],
  [
    8,
    () => {
      const layers = [1, 2, 3].map(() => new nn.Conv2d(1, 1, 3));
      const { size } = nn.summary(new nn.Sequential(...layers), [1, 1, 20, 20]).receptiveField;
      return `${size} × ${size}`;
    },
  ],
];

const sums08: Sum[] = [
  [1, () => written(new nn.Sequential(...network().layers.slice(0, 9)).forward(zeros(1, 1, 16, 16)).size(1))],
  [
    2,
    () => {
      const convolutions = network().layers.filter((layer) => layer instanceof nn.Conv2d);
      expect(convolutions.map(count)).toEqual([160, 4640]);
      return written(convolutions.reduce((sum, layer) => sum + count(layer), 0));
    },
  ],
  [3, () => written(count(new nn.BatchNorm2d(16)))],
  [
    4,
    () => {
      const norm = new nn.BatchNorm2d(1);
      const batch = randn(8, 1, 4, 4);
      const centred = batch.sub(batch.mean()).add(10);
      for (let i = 0; i < 2; i++) norm.forward(centred);
      return written(Math.round(100 * norm.runningMean!.item()) / 100);
    },
  ],
  [5, () => `${Math.round(100 * new Array<number>(20).fill(0.8).reduce((left, factor) => left * factor))} %`],
  [
    6,
    () => {
      const x = ones([1], { dtype: "float64", requiresGrad: true });
      let h: Tensor = x;
      for (let step = 0; step < 10; step++) h = h.add(h.mul(0.01));
      h.sum().backward();
      return (x.grad as Tensor).item().toFixed(1);
    },
  ],
];

describe.each([
  ["4", sums04],
  ["8", sums08],
] as const)("the quiz of lesson %s", (lesson, sums) => {
  test.each(sums)("has the answer to question %i that the library gives", (number, answer) => {
    expect(rightOf(questionsOf(lesson)[number - 1]).map(({ text }) => text)).toEqual([answer()]);
  });
});

test("without eval(), one image is normalised by itself, and nothing but the averages moves", () => {
  const norm = new nn.BatchNorm2d(2);
  const images = [randn(1, 2, 3, 3), randn(1, 2, 3, 3).mul(4).add(7)];
  const weights = norm.parameters().map((parameter) => parameter.toArray());
  const answers = images.map((image) => norm.forward(image)); // and there is no error
  for (const answer of answers) {
    expect(Math.abs(answer.mean().item())).toBeLessThan(1e-5);
    expect(answer.var(undefined, { correction: 0 }).item()).toBeCloseTo(1, 3);
  }
  expect(norm.runningMean!.toArray()).not.toEqual([0, 0]);
  expect(norm.parameters().map((parameter) => parameter.toArray())).toEqual(weights);
});

describe.each([...quizzes.values()])("the questions of lesson $lesson", ({ questions }) => {
  const both = (text: Text): string[] => (typeof text === "string" ? [text] : [text.en, text.zh]);

  test("are six to eight, with four options each, of which one is right", () => {
    expect(questions.length).toBeGreaterThanOrEqual(6);
    expect(questions.length).toBeLessThanOrEqual(8);
    for (const question of questions) {
      expect(question.options, say(question.ask)).toHaveLength(4);
      expect(rightOf(question), say(question.ask)).toHaveLength(1);
      expect(new Set(question.options.map(({ text }) => say(text))).size).toBe(4);
    }
  });

  test("cannot be passed with the same letter throughout, or without one of them", () => {
    const letters = questions.map(({ options }) => letterOf(options.findIndex((option) => option.right)));
    expect([...new Set(letters)].sort()).toEqual(["a", "b", "c", "d"]);
  });

  test("are put in both languages, and every option has its reason in both", () => {
    for (const { ask, options } of questions) {
      for (const text of [ask, ...options.map(({ why }) => why)]) {
        const [en, zh] = both(text);
        expect(en).toMatch(/^[^\u4e00-\u9fff]{15,}[.?]$/);
        expect(zh).toMatch(/[\u4e00-\u9fff].*[。？]$/);
      }
    }
  });

  test("do not give the right answer away in the reason for a wrong one", () => {
    for (const question of questions) {
      const [answer] = rightOf(question);
      for (const { right, why } of question.options) {
        if (right) continue;
        for (const text of both(why)) {
          for (const given of both(answer.text))
            expect(words(text)).not.toContain(` ${words(given).trim()} `);
          expect(text).not.toMatch(/\b[abcd]\)|["“][abcd]["”]/);
        }
      }
    }
  });

  /** Words and numbers alone, with a space around each: "−1" is not found in "−10". */
  function words(text: string): string {
    return ` ${text.replaceAll(/[.,:;?，。：；？]+(?=\s|$)|[，。：；？]/g, " ")} `.replaceAll(/\s+/g, " ");
  }
});

import { readFileSync } from "node:fs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { data, F, Generator, nn, optim, randn, tensor, train, type Tensor } from "kernel-lib";
import { afterEach, describe, expect, test, vi } from "vitest";

/** Points on the two sides of a line: a problem that a single layer learns. */
function problem(count = 64): data.TensorDataset {
  const x = randn(count, 2, { generator: new Generator(1) });
  const labels = x.at([], 0).gt(x.at([], 1)).to("int32");
  return new data.TensorDataset(x, labels);
}

const net = (seed = 2): nn.Sequential => {
  const generator = new Generator(seed);
  return new nn.Sequential(new nn.Linear(2, 8, { generator }), new nn.ReLU(), new nn.Linear(8, 2, { generator })); // prettier-ignore
};
const loader = (seed = 3): data.DataLoader =>
  new data.DataLoader(problem(), { batchSize: 8, shuffle: true, generator: new Generator(seed) });
const adam = (model: nn.Module, lr = 0.05): optim.Adam => new optim.Adam(model.parameters(), { lr });
const weights = (model: nn.Module): number[] =>
  model.parameters().flatMap((parameter) => [...parameter.data]);

/** Says the same thing whatever it is shown. */
class Stubborn extends nn.Module {
  constructor(readonly scores: number[][]) {
    super();
  }
  forward(x: Tensor): Tensor {
    return tensor(this.scores).narrow(0, 0, x.shape[0]);
  }
}

afterEach(() => vi.restoreAllMocks());

describe("fit()", () => {
  test("learns, with a row an epoch", async () => {
    const model = net();
    const validation = new data.DataLoader(problem(), { batchSize: 64 });
    const history = await train.fit(model, loader(), { optimizer: adam(model), epochs: 15, validation });
    expect(history.rows.map((row) => row.epoch)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    const [first, last] = [history.rows[0], history.rows[14]];
    expect(last.loss).toBeLessThan(first.loss / 3);
    expect(last.accuracy).toBeGreaterThan(0.95);
    expect(last.validationAccuracy).toBe(train.evaluate(model, validation).accuracy);
    expect(last.validationLoss).toBe(train.evaluate(model, validation).loss);
    expect(history.interrupted).toBe(false);
  });

  test("gives the same weights for the same seeds, bit for bit, and others for others", async () => {
    const run = async (seed: number): Promise<number[]> => {
      const model = net();
      await train.fit(model, loader(seed), { optimizer: adam(model), epochs: 2 });
      return weights(model);
    };
    const first = await run(3);
    expect(await run(3)).toEqual(first);
    expect(await run(4)).not.toEqual(first);
  });

  test("averages loss and accuracy over samples, not batches", async () => {
    // Losses of 3 samples in one batch and 1 in the other; nothing is learned at rate 0.
    const x = tensor([[1], [1], [1], [5]]);
    const set = new data.TensorDataset(x, tensor([[0], [0], [0], [0]]));
    const model = new nn.Linear(1, 1, { bias: false });
    model.weight.storage[0] = 1;
    const optimizer = new optim.SGD(model.parameters(), { lr: 0 });
    const batches = new data.DataLoader(set, { batchSize: 3 });
    const { rows } = await train.fit(model, batches, { optimizer, epochs: 1, loss: new nn.MSELoss() });
    expect(rows[0].loss).toBe((3 * 1 + 25) / 4);
    expect(rows[0].accuracy).toBe(null);
  });

  test("reports every batch and epoch in order", async () => {
    const model = net();
    const seen: string[] = [];
    await train.fit(model, loader(), {
      optimizer: adam(model),
      epochs: 2,
      onBatch: ({ epoch, batch, loss }) => seen.push(`${epoch}.${batch} ${Number.isFinite(loss)}`),
      onEpoch: (row) => seen.push(`epoch ${row.epoch}`),
    });
    const batches = (epoch: number): string[] =>
      Array.from({ length: 8 }, (_, i) => `${epoch}.${i + 1} true`);
    expect(seen).toEqual([...batches(1), "epoch 1", ...batches(2), "epoch 2"]);
  });

  test("steps a schedule by batch or by epoch, as its kind says", async () => {
    const rates = async (make: (optimizer: optim.Optimizer) => optim.Schedule): Promise<number[]> => {
      const model = net();
      const optimizer = adam(model, 1e-3);
      const options = { optimizer, epochs: 2, scheduler: make(optimizer) };
      return (await train.fit(model, loader(), options)).rows.map((row) => row.lr);
    };
    expect(await rates((o) => new optim.StepLR(o, 1, { gamma: 0.5 }))).toEqual([0.0005, 0.00025]);
    expect(await rates((o) => new optim.LinearWarmup(o, 16, { startFactor: 0 }))).toEqual([0.0005, 0.001]);
  });

  test("stops at the next batch once the signal says so, and the model stays usable", async () => {
    const model = net();
    const abort = new AbortController();
    let batches = 0;
    const history = await train.fit(model, loader(), {
      optimizer: adam(model),
      epochs: 5,
      signal: abort.signal,
      onBatch: () => {
        if (++batches === 11) abort.abort();
      },
    });
    expect(batches).toBe(11);
    expect(history.interrupted).toBe(true);
    expect(history.rows.map((row) => row.epoch)).toEqual([1]); // the epoch that was cut short has no row
    expect(weights(model).every(Number.isFinite)).toBe(true);
    expect((await train.fit(model, loader(), { optimizer: adam(model), epochs: 1 })).rows).toHaveLength(1);
  });

  test("stops at an interrupt, and lets go of it afterwards", async () => {
    const model = net();
    const before = process.listenerCount("SIGINT");
    let batches = 0;
    const history = await train.fit(model, loader(), {
      optimizer: adam(model),
      epochs: 5,
      onBatch: () => {
        if (++batches === 3) process.emit("SIGINT");
      },
    });
    expect(batches).toBe(3);
    expect(history.interrupted).toBe(true);
    expect(history.rows).toEqual([]);
    expect(process.listenerCount("SIGINT")).toBe(before);
  });

  test("refuses a loss of nan before it reaches the weights", async () => {
    const model = net();
    let batch = 0;
    const options = {
      optimizer: adam(model),
      epochs: 3,
      loss: (prediction: Tensor, target: Tensor): Tensor =>
        F.crossEntropy(prediction, target).mul(++batch === 12 ? NaN : 1),
    };
    await expect(train.fit(model, loader(), options)).rejects.toThrow("got NaN at batch 4 of epoch 2");
    expect(weights(model).every(Number.isFinite)).toBe(true);
    expect(process.listenerCount("SIGINT")).toBe(0);
  });

  test("trains in training mode, and puts every module back as it was", async () => {
    const dropout = new nn.Dropout(0.5);
    const model = new nn.Sequential(net(), dropout).eval();
    dropout.train();
    const modes: boolean[] = [];
    await train.fit(model, loader(), { optimizer: adam(model), epochs: 1, onBatch: () => modes.push(model.training) }); // prettier-ignore
    expect(modes).toEqual(new Array(8).fill(true));
    expect([model.training, dropout.training]).toEqual([false, true]);
  });
});

describe("evaluate()", () => {
  const scores = [[2, 0], [0, 1], [0, 3]]; // prettier-ignore
  const batches = (size: number): data.DataLoader =>
    new data.DataLoader(
      new data.TensorDataset(tensor([[0], [0], [0]]), tensor([0, 0, 1], { dtype: "int32" })),
      { batchSize: size },
    );

  test("gives loss and accuracy a sample", () => {
    const loss = (gap: number): number => Math.log(1 + Math.exp(gap));
    const result = train.evaluate(new Stubborn(scores), batches(3));
    expect(result.loss).toBeCloseTo((loss(-2) + loss(1) + loss(-3)) / 3, 6);
    expect(result).toMatchObject({ accuracy: 2 / 3, count: 3 });
    expect(train.evaluate(new Stubborn([[2, 0]]), batches(1)).accuracy).toBe(2 / 3);
  });

  test("has no accuracy where targets are no class numbers", () => {
    const pairs = [[tensor([[1]]), tensor([[4]])]];
    expect(train.evaluate(new Stubborn([[1]]), pairs, { loss: F.mseLoss })).toEqual({ loss: 9, accuracy: null, count: 1 }); // prettier-ignore
  });

  test("records nothing, and puts every module back as it was, also after an error", () => {
    const model = net();
    const [first] = model.layers;
    first.eval();
    train.evaluate(model, loader());
    expect([model.training, first.training]).toEqual([true, false]);
    const failing = (): Tensor => {
      throw new Error("no loss");
    };
    expect(() => train.evaluate(model, loader(), { loss: failing })).toThrow("no loss");
    expect([model.training, first.training]).toEqual([true, false]);
    const input = tensor([[1, 2]]);
    expect(model.forward(input).requiresGrad).toBe(true); // recording is on again
    train.evaluate(model, [[input, tensor([0], { dtype: "int32" })]], {
      loss: (prediction, target) => {
        expect(prediction.requiresGrad).toBe(false);
        expect(model.training).toBe(false);
        return F.crossEntropy(prediction, target);
      },
    });
  });
});

describe("confusionMatrix()", () => {
  test("counts true classes in rows and predicted ones in columns", () => {
    const model = new Stubborn([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]]); // prettier-ignore
    const target = tensor([0, 0, 1, 2], { dtype: "int32" });
    const matrix = train.confusionMatrix(model, [[tensor([[0], [0], [0], [0]]), target]]);
    expect(matrix.toArray()).toEqual([[1, 1, 0], [0, 1, 0], [0, 0, 1]]); // prettier-ignore
    expect(matrix.dtype).toBe("int32");
    expect(train.confusionMatrix(model, [[tensor([[0]]), tensor([0], { dtype: "int32" })]], { classes: 4 }).shape).toEqual([4, 4]); // prettier-ignore
  });
});

describe("History", () => {
  const history = new train.History();
  history.rows.push(
    { epoch: 1, loss: 1.5, accuracy: 0.5, validationLoss: null, validationAccuracy: null, lr: 0.1, seconds: 0.25 }, // prettier-ignore
    { epoch: 2, loss: 0.25, accuracy: 0.9375, validationLoss: 0.5, validationAccuracy: 0.75, lr: 0.05, seconds: 2 }, // prettier-ignore
  );

  test("is saved as CSV, with empty fields for what is missing", () => {
    const folder = mkdtempSync(join(tmpdir(), "history-"));
    history.saveCsv(join(folder, "h.csv"));
    const text = readFileSync(join(folder, "h.csv"), "utf8");
    rmSync(folder, { recursive: true });
    expect(text).toBe(
      "epoch,loss,accuracy,validationLoss,validationAccuracy,lr,seconds\n1,1.5,0.5,,,0.1,0.25\n2,0.25,0.9375,0.5,0.75,0.05,2\n",
    );
  });

  test("shows itself as a table in both languages", () => {
    expect(String(history)).toBe(
      "epoch\tloss\taccuracy\tvalidation loss\tvalidation accuracy\tlearning rate\tseconds\n" +
        "1\t1.500\t50.00 %\t–\t–\t0.100\t0.3\n2\t0.2500\t93.75 %\t0.5000\t75.00 %\t0.0500\t2.0",
    );
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    expect(String(history).split("\n")[0]).toBe("轮次\t损失\t准确率\t验证损失\t验证准确率\t学习率\t秒");
    vi.unstubAllEnvs();
  });

  test("shows only both ends of a long training", () => {
    const long = new train.History();
    for (let epoch = 1; epoch <= 40; epoch++) long.rows.push({ ...history.rows[0], epoch });
    const epochs = String(long)
      .split("\n")
      .slice(1)
      .map((line) => line.split("\t")[0]);
    expect(epochs).toEqual(["1", "2", "3", "4", "5", "6", "…", "35", "36", "37", "38", "39", "40"]);
  });

  test("plots the loss of training, and of validation where there was one", () => {
    const { data: traces, layout } = history.plot().toPlotly() as { data: { name: string; x: number[]; y: number[] }[]; layout: { xaxis: { title: object } } }; // prettier-ignore
    expect(traces.map(({ name, x, y }) => [name, x, y])).toEqual([
      ["training", [1, 2], [1.5, 0.25]],
      ["validation", [2], [0.5]],
    ]);
    expect(layout.xaxis.title).toEqual({ text: "epoch" });
  });
});

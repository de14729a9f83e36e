import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { data, Generator, manualSeed, nn, optim, randint, randn, train } from "kernel-lib";
import { afterAll, describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "checkpoint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newFile = (): string => join(folder, "runs", `${files++}.safetensors`);

const EPOCHS = 4;
const chance = new Generator(7);
const images = new data.TensorDataset(
  randn(40, 1, 4, 4, { generator: chance }),
  randint(0, 3, [40], { generator: chance }),
);

interface Setup {
  model: nn.Sequential;
  loader: data.DataLoader;
  options: train.FitOptions;
}

/** Everything that chance and time can change: shuffling, dropout, batch norm, Adam, a schedule, early stopping. */
function setup(seed: number, checkpoint?: string | train.CheckpointOptions): Setup {
  manualSeed(seed);
  const model = new nn.Sequential(
    new nn.Conv2d(1, 4, 3, { padding: 1 }),
    new nn.BatchNorm2d(4),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Dropout(0.3, { generator: new Generator(3) }),
    new nn.Dropout(0.1),
    new nn.Linear(64, 3),
  );
  const loader = new data.DataLoader(images, { batchSize: 8, shuffle: true });
  const optimizer = new optim.Adam(model.parameters());
  const scheduler = new optim.OneCycleLR(optimizer, 0.02, { totalSteps: EPOCHS * loader.length });
  const validation = new data.DataLoader(images, { batchSize: 40 });
  const earlyStopping = { patience: 3, restoreBest: false };
  return {
    model,
    loader,
    options: {
      epochs: EPOCHS,
      optimizer,
      scheduler,
      validation,
      earlyStopping,
      ...(checkpoint && { checkpoint }),
    },
  };
}

const weights = (model: nn.Module): string =>
  JSON.stringify(Object.entries(model.stateDict()).map(([name, x]) => [name, x.toArray()]));
const rows = (history: train.History): object[] => history.rows.map((row) => ({ ...row, seconds: 0 }));

/** Stops training after so many batches. */
function stopAfter(batches: number): Pick<train.FitOptions, "onBatch" | "signal"> {
  const signal = { aborted: false };
  let seen = 0;
  return { signal, onBatch: () => (signal.aborted = ++seen === batches) };
}

describe("a checkpoint", () => {
  test.each([1, 4, 5, 7, 10, 13])("goes on bit for bit after a stop at batch %i", async (stop) => {
    const straight = setup(1);
    const wanted = await train.fit(straight.model, straight.loader, straight.options);

    const path = newFile();
    const first = setup(1, path);
    const cut = await train.fit(first.model, first.loader, { ...first.options, ...stopAfter(stop) });
    expect(cut.interrupted).toBe(true);
    const second = setup(99, path); // other weights, another seed: everything comes from the file
    const history = await train.fit(second.model, second.loader, second.options);

    expect(rows(history)).toEqual(rows(wanted));
    expect(weights(second.model)).toBe(weights(straight.model));
  });

  test("goes on after being cut off without a word, from the last batches that were saved", async () => {
    const straight = setup(2);
    await train.fit(straight.model, straight.loader, straight.options);

    const path = newFile();
    const first = setup(2, { path, everyBatches: 2 });
    const crash = (): void => {
      throw new Error("power cut");
    };
    let seen = 0;
    const onBatch = (): void => (++seen === 8 ? crash() : undefined);
    await expect(train.fit(first.model, first.loader, { ...first.options, onBatch })).rejects.toThrow(
      "power cut",
    );
    const second = setup(98, { path, everyBatches: 2 });
    await train.fit(second.model, second.loader, second.options);
    expect(weights(second.model)).toBe(weights(straight.model));
  });

  test("of a run that is complete gives its history and weights back at once", async () => {
    const path = newFile();
    const first = setup(3, path);
    const history = await train.fit(first.model, first.loader, first.options);
    const again = setup(97, path);
    let batches = 0;
    const same = await train.fit(again.model, again.loader, { ...again.options, onBatch: () => batches++ });
    expect({ batches, rows: same.rows }).toEqual({ batches: 0, rows: history.rows });
    expect(weights(again.model)).toBe(weights(first.model));
  });

  test("is a safetensors file, whole or not there", async () => {
    const path = newFile();
    const { model, loader, options } = setup(4, path);
    await train.fit(model, loader, options);
    expect(readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)))).toEqual([
      basename(path),
    ]);
    expect(readFileSync(path).subarray(8, 9).toString()).toBe("{");
  });

  test("of another model, optimiser or schedule is refused, and nothing changes", async () => {
    const path = newFile();
    const first = setup(5, path);
    await train.fit(first.model, first.loader, first.options);

    const other = new nn.Sequential(new nn.Flatten(), new nn.Linear(16, 3));
    const before = weights(other);
    const optimizer = new optim.SGD(other.parameters());
    const refused = (options: Partial<train.FitOptions>): Promise<string> =>
      train
        .fit(other, first.loader, { epochs: 1, optimizer, checkpoint: path, ...options })
        .then(String, String);
    expect(await refused({})).toBe(
      `RangeError: train.fit: expected the optimizer that ${path} was saved with, Adam, got SGD;\ngo on with the same one, or name another file`,
    );
    const adam = new optim.Adam(other.parameters());
    expect(await refused({ optimizer: adam })).toContain("expected the scheduler that");
    const scheduler = new optim.OneCycleLR(adam, 0.1, { totalSteps: 99 });
    expect(await refused({ optimizer: adam, scheduler })).toContain(
      "loadStateDict: expected the names of this module",
    );
    expect(weights(other)).toBe(before);
  });

  test("that is no checkpoint is refused", async () => {
    const path = join(folder, "no-checkpoint");
    writeFileSync(path, "hello");
    const { model, loader, options } = setup(6, path);
    await expect(train.fit(model, loader, options)).rejects.toThrow(SyntaxError);
    expect(readFileSync(path, "utf8")).toBe("hello");
  });
});

/** A page's `"wasm"` before and after the file has come that holds its products, convolutions, chains and threads. */
import { backend, F, manualSeed, nn, optim, rand, randint, type data } from "kernel-lib";
import { afterAll, expect, test, vi } from "vitest";
import { fit } from "../../kernel-lib/src/train/page";
import { expectAlike, onBoth } from "../support/backends";
import { NETS, step } from "../support/networks";

// The library loads that file as a page does, but not before `come` is called.
const { come, mayCome } = vi.hoisted(() => {
  let come = (): void => {};
  const mayCome = new Promise<void>((resolve) => (come = resolve));
  return { come, mayCome };
});
vi.mock("../../kernel-lib/src/backend/wasm/arrival", async () => {
  const page = await vi.importActual<typeof import("../../kernel-lib/src/backend/wasm/arrival")>(
    "../../kernel-lib/src/backend/wasm/arrival.page",
  );
  return { whenThere: ((use) => mayCome.then(() => page.whenThere(use))) satisfies typeof page.whenThere };
});
afterAll(() => backend.setThreads(1));

const hasCome = (): boolean => backend.current.chain !== undefined;

function expectReferenceNumbers(): void {
  for (const { shape, make } of NETS) {
    const run = (): ReturnType<typeof step> => {
      manualSeed(5);
      const net = new nn.Sequential(...make());
      return step(net, rand(...shape, { requiresGrad: true }));
    };
    const { got, expected } = onBoth(run);
    expectAlike(got, expected, 2e-5);
  }
}

test("before, all is computed, and what is asked for is kept", () => {
  backend.use("wasm");
  expect([backend.list(), hasCome()]).toEqual([["reference", "wasm"], false]);
  backend.use("wasm", { winograd: false });
  backend.setThreads(3);
  expect(backend.features.threadsInUse).toBe(3);
  expectReferenceNumbers();
  expect(hasCome()).toBe(false);
});

test("a record from before is used after, training waits, and then all is there", async () => {
  backend.use("wasm", { winograd: false });
  const x = rand(2, 8, 12, 12, { requiresGrad: true });
  const weight = rand(8, 8, 3, 3, { requiresGrad: true });
  const loss = F.conv2d(x, weight).pow(2).sum();

  const model = new nn.Sequential(new nn.Linear(4, 3));
  const batch = [rand(6, 4), randint(0, 3, [6])] as const;
  const onBatch = vi.fn(() => expect(hasCome()).toBe(true));
  const trained = fit(model, [batch] as unknown as data.DataLoader, {
    optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }),
    epochs: 1,
    onBatch,
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([onBatch.mock.calls.length, hasCome()]).toEqual([0, false]);

  come();
  await backend.ready;
  expect([hasCome(), backend.features.threadsInUse]).toEqual([true, 3]);
  await trained;
  expect(onBatch).toHaveBeenCalledOnce();

  loss.backward();
  const [gradX, gradWeight] = [x.grad!, weight.grad!];
  backend.use("reference");
  [x.grad, weight.grad] = [null, null];
  F.conv2d(x, weight).pow(2).sum().backward();
  const named = (...[a, b]: [typeof x, typeof x]) => new Map([["x", a], ["weight", b]]); // prettier-ignore
  expectAlike(named(gradX, gradWeight), named(x.grad!, weight.grad!));
});

test("after, the numbers are the same, on the threads that were asked for", () => {
  backend.setThreads(1);
  expectReferenceNumbers();
  backend.setThreads(2);
  expect(backend.features.threadsInUse).toBe(2);
  expectReferenceNumbers();
});

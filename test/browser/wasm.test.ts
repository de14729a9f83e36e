/**
 * The fast backend in Chromium, on a page whose threads may share memory and on one whose threads may not, and before the
 * file has come that holds most of it: the numbers are the reference's.
 */
import { backend, F, manualSeed, nn, optim, rand, randint } from "kernel-lib";
import type { Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { needs } from "../support/needs.js";
import { launchChromium, watchedPage, type Browser, type WatchedPage } from "./chromium.js";
import { librarySite, type Site } from "./librarySite.js";

type Library = Pick<typeof import("kernel-lib"), "backend" | "F" | "manualSeed" | "nn" | "optim" | "rand" | "randint">; // prettier-ignore

/** A LeNet's losses over a few steps. It goes to the page as text, so it names nothing from outside. */
async function losses(kernelLib: Library, name: string): Promise<number[]> {
  const { backend, F, manualSeed, nn, optim, rand, randint } = kernelLib;
  backend.use(name);
  manualSeed(1);
  const net = new nn.Sequential(
    new nn.Conv2d(1, 8, 5, { padding: 2 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(8, 16, 5, { padding: 2 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(784, 10),
  );
  const sgd = new optim.SGD(net.parameters(), { lr: 0.05 });
  const x = rand(16, 1, 28, 28);
  const y = randint(0, 10, [16]);
  const found: number[] = [];
  for (let step = 0; step < 12; step++) {
    sgd.zeroGrad();
    const loss = F.crossEntropy(net.forward(x), y);
    loss.backward();
    sgd.step();
    found.push(loss.item());
    await new Promise((resolve) => setTimeout(resolve, 30)); // a page starts its workers between two tasks
  }
  return found;
}

needs("chromium")("the wasm backend in Chromium", () => {
  let browser: Browser;
  let site: Site;
  let watched: WatchedPage;

  beforeAll(async () => {
    site = await librarySite();
    browser = await launchChromium();
  }, 180_000);
  afterEach(() => watched.page.close());
  afterAll(async () => {
    await browser?.close();
    site?.close();
  });

  /** A page; what becomes of its request for the second file of the backend, unless it is just answered. */
  async function open(withHeaders: boolean, answer?: (route: Route) => Promise<void>): Promise<WatchedPage> {
    site.isolated = withHeaders;
    watched = await watchedPage(browser);
    if (answer) await watched.page.route("**/browser/networks.js", answer);
    await watched.page.goto(site.url);
    await watched.page.waitForFunction("globalThis.kernelLib");
    if (!answer) await inPage("kernelLib.backend.ready");
    return watched;
  }
  const inPage = <T>(expression: string): Promise<T> => watched.page.evaluate<T>(expression);

  async function expectReferenceNumbers(): Promise<void> {
    const expected = await losses({ backend, F, manualSeed, nn, optim, rand, randint }, "reference");
    const got = await inPage<number[]>(`(${losses})(kernelLib, "wasm")`);
    expect(got).toHaveLength(expected.length);
    got.forEach((loss, step) => expect(Math.abs(loss / expected[step] - 1)).toBeLessThan(1e-4));
  }

  test("computes on threads where the page is cross-origin isolated", async () => {
    const { page, problems } = await open(true);
    await inPage("kernelLib.backend.setThreads(2)");
    expect(await inPage("kernelLib.backend.features")).toMatchObject({ simd: true, threads: true, threadsInUse: 2 }); // prettier-ignore
    await expectReferenceNumbers();
    expect(page.workers()).toHaveLength(1);
    await inPage("kernelLib.backend.setThreads(1)");
    await expect.poll(() => page.workers().length).toBe(0);
    await expectReferenceNumbers();
    expect(problems).toEqual([]);
  });

  test("computes on one thread where it is not, and says why there are no more", async () => {
    const { page, problems } = await open(false);
    expect(await inPage("kernelLib.backend.features")).toMatchObject({ simd: true, threads: false, threadsInUse: 1 }); // prettier-ignore
    await expectReferenceNumbers();
    expect(page.workers()).toHaveLength(0);
    await expect(inPage("kernelLib.backend.setThreads(2)")).rejects.toThrow(
      "backend.setThreads: expected 1 thread where threads cannot share memory, got 2;\nserve the page with the headers Cross-Origin-Opener-Policy",
    );
    expect(problems).toEqual([]);
  });

  test("computes before its second file has come, and with all of it after", async () => {
    let come = (): void => {};
    const mayCome = new Promise<void>((resolve) => (come = resolve));
    const { page, problems } = await open(true, (route) => mayCome.then(() => route.continue()));
    const chains = (): Promise<boolean> => inPage("kernelLib.backend.current.chain !== undefined");
    await inPage("kernelLib.backend.setThreads(2)");
    expect(await inPage("kernelLib.backend.features")).toMatchObject({ simd: true, threadsInUse: 2 });
    await expectReferenceNumbers();
    expect([await chains(), page.workers().length]).toEqual([false, 0]);

    const trained = inPage<number>(`(() => {
      const { F, data, nn, ones, optim, train, zeros } = kernelLib;
      const net = new nn.Sequential(new nn.Linear(1, 1));
      const set = new data.DataLoader(new data.TensorDataset(ones(2, 1), zeros(2, 1)));
      const options = { optimizer: new optim.SGD(net.parameters(), { lr: 0.1 }), loss: F.mseLoss, epochs: 1 };
      return train.fit(net, set, { ...options, onBatch: () => (globalThis.begun = true) }).then(({ rows }) => rows.length);
    })()`);
    await page.waitForRequest("**/browser/fit.js").catch(() => {}); // perhaps it is there already
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await inPage("globalThis.begun ?? false")).toBe(false);

    come();
    await inPage("kernelLib.backend.ready");
    expect([await chains(), await trained]).toEqual([true, 1]);
    await expectReferenceNumbers();
    expect(page.workers()).toHaveLength(1);
    expect(problems).toEqual([]);
  });

  test("goes on without its second file, and says so to whoever waits for it", async () => {
    const { problems } = await open(false, (route) => route.abort());
    await expectReferenceNumbers();
    await expect(inPage("kernelLib.backend.ready")).rejects.toThrow(/networks\.js/);
    expect(problems.join()).toContain("networks.js");
  });
});

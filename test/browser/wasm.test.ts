/**
 * The fast backend in Chromium, on a page whose threads may share memory and on one whose threads may not, from the first
 * line after the import on, and where part of it or all is missing: the numbers are the reference's.
 */
import { backend, F, manualSeed, nn, optim, rand, randint } from "kernel-lib";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { needs } from "../support/needs.js";
import { launchChromium, watchedPage, type Browser, type WatchedPage } from "./chromium.js";
import { librarySite, type Site } from "./librarySite.js";

type Library = Pick<typeof import("kernel-lib"), "F" | "manualSeed" | "nn" | "optim" | "rand" | "randint">; // prettier-ignore

/** A LeNet, and a step that says its loss. It goes to the page as text, so it names nothing from outside. */
function lenet({ F, manualSeed, nn, optim, rand, randint }: Library): () => number {
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
  return () => {
    sgd.zeroGrad();
    const loss = F.crossEntropy(net.forward(x), y);
    loss.backward();
    sgd.step();
    return loss.item();
  };
}
const STEPS = 12;

/** The losses of steps with a pause after each: a page starts its workers between two tasks. */
const TRAINED = `(async (step, losses = []) => {
  for (let i = 0; i < ${STEPS}; i++) {
    losses.push(step());
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return losses;
})((${lenet})(kernelLib))`;

/** A page that trains right after its import, without ever coming back to the event loop; it counts the chains. */
const TRAINS_AT_ONCE = `<!doctype html><html lang="en"><link rel="icon" href="data:,"><script type="module">
  import * as kernelLib from "./browser.js";
  const { current } = kernelLib.backend;
  const { chain } = current;
  let chains = 0;
  current.chain = (request) => {
    const made = chain?.(request);
    if (made) chains++;
    return made;
  };
  const losses = Array.from({ length: ${STEPS} }, (${lenet})(kernelLib));
  globalThis.kernelLib = kernelLib;
  globalThis.found = { name: current.name, chains, losses };
</script>`;

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

  async function open(
    withHeaders: boolean,
    prepare?: (page: Page) => Promise<unknown>,
  ): Promise<WatchedPage> {
    site.isolated = withHeaders;
    watched = await watchedPage(browser);
    await prepare?.(watched.page);
    await watched.page.goto(site.url);
    await watched.page.waitForFunction("globalThis.kernelLib");
    return watched;
  }
  const inPage = <T>(expression: string): Promise<T> => watched.page.evaluate<T>(expression);

  function expectReferenceNumbers(losses: number[]): void {
    backend.use("reference");
    const expected = Array.from({ length: STEPS }, lenet({ F, manualSeed, nn, optim, rand, randint }));
    expect(losses).toHaveLength(STEPS);
    losses.forEach((loss, step) => expect(Math.abs(loss / expected[step] - 1)).toBeLessThan(1e-4));
  }

  test("computes on threads where the page is cross-origin isolated", async () => {
    const { page, problems } = await open(true);
    await inPage("kernelLib.backend.setThreads(2)");
    expect(await inPage("kernelLib.backend.features")).toMatchObject({ simd: true, threads: true, threadsInUse: 2 }); // prettier-ignore
    expectReferenceNumbers(await inPage(TRAINED));
    expect(page.workers()).toHaveLength(1);
    await inPage("kernelLib.backend.setThreads(1)");
    await expect.poll(() => page.workers().length).toBe(0);
    expectReferenceNumbers(await inPage(TRAINED));
    expect(problems).toEqual([]);
  });

  test("computes on one thread where it is not, and says why there are no more", async () => {
    const { page, problems } = await open(false);
    expect(await inPage("kernelLib.backend.features")).toMatchObject({ simd: true, threads: false, threadsInUse: 1 }); // prettier-ignore
    expectReferenceNumbers(await inPage(TRAINED));
    expect(page.workers()).toHaveLength(0);
    await expect(inPage("kernelLib.backend.setThreads(2)")).rejects.toThrow(
      "backend.setThreads: expected 1 thread where threads cannot share memory, got 2;\nserve the page with the headers Cross-Origin-Opener-Policy",
    );
    expect(problems).toEqual([]);
  });

  test("is all there on the first line after the import", async () => {
    const { problems } = await open(false, (page) =>
      page.route(site.url, (route) => route.fulfill({ contentType: "text/html", body: TRAINS_AT_ONCE })),
    );
    const { losses, ...found } = await inPage<{ name: string; chains: number; losses: number[] }>("found");
    expectReferenceNumbers(losses);
    expect(found).toEqual({ name: "wasm", chains: expect.any(Number) });
    expect(found.chains).toBeGreaterThanOrEqual(STEPS);
    expect(problems).toEqual([]);
  });

  test("goes on without wasm.js where it cannot be loaded, and says so once", async () => {
    const warnings: string[] = [];
    const { requests, problems } = await open(true, async (page) => {
      page.on("console", (message) => {
        if (message.type() === "warning") warnings.push(message.text());
      });
      await page.route("**/browser/wasm.js", (route) => route.fulfill({ status: 404 }));
    });
    expectReferenceNumbers(await inPage(TRAINED));
    const url = `${site.url}browser/wasm.js`;
    expect(warnings).toEqual([
      `backend: expected the file browser/wasm.js, got "TypeError: Failed to fetch dynamically imported module: ${url}"; until it is served beside browser/library.js, the reference computes, many times slower`,
    ]);
    expect(requests.filter((request) => request === url)).toHaveLength(1);
    expect(await inPage("kernelLib.backend.list()")).toEqual(["reference"]);
    await expect(inPage('kernelLib.backend.use("wasm")')).rejects.toThrow("wasm needs the file browser/wasm.js, which is not here"); // prettier-ignore
    expect(problems.filter((problem) => !/404|wasm\.js/.test(problem))).toEqual([]);
  });

  const forbid = async (page: Page): Promise<void> => {
    const policy = "script-src 'self' 'unsafe-inline'";
    await page.route(site.url, async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        headers: { ...response.headers(), "Content-Security-Policy": policy },
      });
    });
  };
  test.each([
    ["there is no WebAssembly", (page: Page) => page.addInitScript("delete globalThis.WebAssembly")],
    ["the page's policy forbids it", forbid],
  ])("is not asked for where %s", async (_, prepare) => {
    const { requests } = await open(false, prepare);
    expectReferenceNumbers(await inPage(TRAINED));
    expect(await inPage("kernelLib.backend.list()")).toEqual(["reference"]);
    expect(requests.map((url) => new URL(url).pathname)).toEqual(["/", "/browser.js", "/browser/library.js"]);
  });
});

import { backend, F, Generator, manualSeed, nn, noGrad, randint, randn, type Tensor } from "kernel-lib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { suitsWinograd } from "../../kernel-lib/src/backend/wasm/chain/winogradReach";
import { conv2dGeometry } from "../../kernel-lib/src/ops/conv2d";

// Convolutions by way of tiles: how far they are from the plain sum, where they are taken, and that they can be left out.

beforeEach(() => manualSeed(9));
afterEach(() => backend.use("reference"));

interface Case {
  readonly kernel: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly channels: number;
  readonly kernels: number;
  readonly size: readonly [number, number];
  readonly padding: readonly [number, number];
}

const between = (low: number, high: number): number => randint(low, high + 1, [1]).item();
const pick = <T>(...values: T[]): T => values[between(0, values.length - 1)];

function randomCase(): Case {
  const taps = between(2, 9);
  const kernel = pick([taps, taps], [taps, taps], [taps, between(2, 9)]) as [number, number];
  const stride = pick([1, 1], [1, 1], [2, 2], [3, 3], [2, 1]) as [number, number];
  return {
    kernel,
    stride,
    channels: pick(between(4, 40), between(41, 150)),
    kernels: between(8, 70),
    size: [between(4, 14) + kernel[0], between(4, 14) + kernel[1]],
    padding: [between(0, kernel[0]), between(0, kernel[1])],
  };
}

const geometry = ({ kernel, channels, kernels, size, ...options }: Case): ReturnType<typeof conv2dGeometry> =>
  conv2dGeometry([2, channels, ...size], [kernels, channels, ...kernel], undefined, options);

/** The result and both gradients. */
function step(x: Tensor, weight: Tensor, { padding, stride }: Case): Record<string, Tensor> {
  [x.grad, weight.grad] = [null, null];
  const out = F.conv2d(x, weight, undefined, { padding, stride });
  const gradOut = randn(...out.shape, { generator: new Generator(3) });
  out.backward(gradOut);
  return { out: out.detach(), gradX: x.grad!, gradWeight: weight.grad! };
}

/** The largest difference, of the largest value. */
function error(got: Tensor, expected: Tensor): number {
  return got.sub(expected).abs().max().item() / expected.abs().max().item();
}

const isWhole = (x: Tensor): boolean => x.data.every((value) => Number.isInteger(value));

describe("Winograd's tiles", () => {
  test("stay within 2e-5 of the largest value, forward and back, for windows and strides of any size", () => {
    let [worst, taken] = [0, 0];
    for (let trial = 0; trial < 48; trial++) {
      const c = randomCase();
      if (!suitsWinograd(geometry(c))) continue;
      taken++;
      const x = randn(2, c.channels, ...c.size).requiresGrad_();
      const weight = randn(c.kernels, c.channels, ...c.kernel).requiresGrad_();
      backend.use("reference");
      const expected = step(x, weight, c);
      backend.use("wasm");
      const got = step(x, weight, c);
      for (const name of Object.keys(expected)) {
        const off = error(got[name], expected[name]);
        expect(off, `${name} of ${JSON.stringify(c)}`).toBeLessThan(2e-5);
        worst = Math.max(worst, off);
      }
    }
    expect(worst).toBeGreaterThan(1e-6); // of plain sums it would be less
    expect(taken).toBeGreaterThan(20);
  });

  // Added one by one to a running total they would be 1.6e-5 and 1e-5 away.
  test.each<[what: string, c: Case, batch: number, bound: number]>([
    ["gradWeight", { kernel: [5, 5], channels: 8, kernels: 8, size: [22, 22], padding: [2, 2] }, 48, 1.2e-5],
    ["out", { kernel: [3, 3], channels: 256, kernels: 32, size: [12, 12], padding: [1, 1] }, 2, 8e-6],
  ])("lose no digit in long sums: %s", (what, c, batch, bound) => {
    expect(suitsWinograd(geometry(c))).toBe(true);
    const x = randn(batch, c.channels, ...c.size).requiresGrad_();
    const weight = randn(c.kernels, c.channels, ...c.kernel).requiresGrad_();
    backend.use("reference");
    const expected = step(x, weight, c);
    backend.use("wasm");
    expect(error(step(x, weight, c)[what], expected[what])).toBeLessThan(bound);
  });

  test("are taken by what saves more than they cost, and by no other", () => {
    const taken = (channels: number, kernels: number, size: number, taps = 3, stride = 1): boolean =>
      suitsWinograd(
        geometry({
          kernel: [taps, taps],
          stride: [stride, stride],
          channels,
          kernels,
          size: [size, size],
          padding: [taps >> 1, taps >> 1],
        }),
      );
    expect([taken(32, 32, 16), taken(8, 8, 16), taken(8, 16, 14, 5)]).toEqual([true, true, true]);
    expect([taken(16, 16, 14, 7), taken(16, 16, 28, 7, 2), taken(32, 32, 28, 5, 2)]).toEqual([
      true,
      true,
      true,
    ]);
    expect([taken(1, 64, 28), taken(3, 32, 32)]).toEqual([false, false]); // pictures
    expect(taken(4, 8, 28)).toBe(false); // too few pairs
    expect([taken(8, 8, 5), taken(8, 8, 2)]).toEqual([true, false]); // of two pixels, most of a tile lies outside
    expect(taken(32, 32, 16, 1)).toBe(false);
    const leftOver = { kernel: [7, 7], stride: [2, 2], channels: 16, kernels: 16, padding: [0, 0] } as const;
    expect(suitsWinograd(geometry({ ...leftOver, size: [27, 27] }))).toBe(true);
    expect(suitsWinograd(geometry({ ...leftOver, size: [27, 28] }))).toBe(false); // no window meets the last column
    expect(taken(32, 32, 28, 3, 2)).toBe(false); // of two taps and one, tiles save nothing
  });

  test("leave a kernel made by hand its whole numbers", () => {
    backend.use("wasm");
    const picture = randint(0, 10, [2, 3, 28, 28]).to("float32");
    const edges = randint(-2, 3, [16, 3, 3, 3]).to("float32");
    expect(isWhole(F.conv2d(picture, edges, undefined, { padding: 1 }))).toBe(true);
  });

  test("are left out where they are not wanted", () => {
    const x = randint(-9, 10, [2, 16, 12, 12]).to("float32");
    const weight = randint(-9, 10, [16, 16, 3, 3]).to("float32");
    backend.use("wasm");
    expect(isWhole(F.conv2d(x, weight))).toBe(false);
    backend.use("wasm", { winograd: false });
    expect(isWhole(F.conv2d(x, weight))).toBe(true);
    backend.use("wasm");
    expect(isWhole(F.conv2d(x, weight))).toBe(false);
  });

  test("give a chain's gradients no nan that the plain sum has not, whatever they are made of", () => {
    const make = (): nn.Sequential => new nn.Sequential(new nn.Conv2d(16, 16, 5, { padding: 2 }), new nn.ReLU(), new nn.Conv2d(16, 8, 3)); // prettier-ignore
    const state = make().stateDict();
    const found = ["reference", "wasm"].map((name) => {
      backend.use(name);
      const net = make();
      net.loadStateDict(state);
      const x = randn(2, 16, 14, 14, { generator: new Generator(2) }).requiresGrad_();
      const out = net.forward(x);
      out.backward(randn(...out.shape, { generator: new Generator(4) }).mul(2e36)); // a tile's sums would be infinite
      return [x.grad!, ...net.parameters().map(({ grad }) => grad!)].map((grad) => [...grad.storage]);
    });
    const finite = found.map((grads) => grads.map((grad) => grad.filter(Number.isFinite).length));
    expect(finite[1]).toEqual(finite[0]);
    expect(finite[0].reduce((a, b) => a + b)).toBeGreaterThan(1000);
  });

  test.each([NaN, Infinity, -Infinity])("do not spread %d to where no kernel has met it", (wrong) => {
    const x = randn(2, 16, 14, 14);
    const weight = randn(16, 16, 3, 3).requiresGrad_();
    x.storage[3 * 196 + 5 * 14 + 6] = wrong; // sample 0, channel 3, row 5, column 6
    x.requiresGrad = true;
    const net = new nn.Sequential(new nn.Conv2d(16, 16, 3, { padding: 1 }), new nn.ReLU(), new nn.Conv2d(16, 8, 3)); // prettier-ignore
    const gradient = randn(2, 16, 14, 14);
    gradient.storage[3 * 196 + 5 * 14 + 6] = wrong;
    const run = (): Tensor[] => {
      [x.grad, weight.grad] = [null, null];
      const clean = randn(2, 16, 14, 14, { generator: new Generator(1) }).requiresGrad_();
      F.conv2d(clean, weight, undefined, { padding: 1 }).backward(gradient);
      return [
        F.conv2d(x, weight, undefined, { padding: 1 }).detach(),
        net.forward(x).detach(),
        noGrad(() => net.forward(x)),
        clean.grad!,
      ];
    };
    backend.use("reference");
    const expected = run();
    backend.use("wasm");
    run().forEach((got, i) => {
      const { storage } = expected[i];
      const kept = storage.filter((value) => Number.isFinite(value));
      expect(kept.length).toBeGreaterThan(storage.length / 2);
      storage.forEach((value, j) => {
        if (Number.isFinite(value)) expect(Math.abs(got.storage[j] - value)).toBeLessThan(1e-3);
        else expect(got.storage[j]).toBe(value);
      });
    });
  });
});

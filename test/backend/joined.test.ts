import { backend, manualSeed, nn, randn, type Tensor } from "kernel-lib";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { ChainRequest, Link } from "../../kernel-lib/src/backend/backend";
import { compile, type Program } from "../../kernel-lib/src/backend/wasm/chain/compile";
import type { Cache } from "../../kernel-lib/src/backend/wasm/chain/joined";
import { ChainRunner } from "../../kernel-lib/src/backend/wasm/chain/run";
import { portion } from "../../kernel-lib/src/backend/wasm/chain/split";
import { Crew } from "../../kernel-lib/src/backend/wasm/threads/crew";
import { CrewArena } from "../../kernel-lib/src/backend/wasm/threads/crewArena";
import { linksFrom } from "../../kernel-lib/src/nn/links";
import { expectAlike, onBoth } from "../support/backends";
import { NETS, randomStack, relu, step } from "../support/networks";

// Routines that follow each other work on a few samples at a time, one after the other: as many as find room in the cache.

afterEach(() => backend.use("reference"));
afterAll(() => backend.setThreads(1));

const ROOMY = { samples: Infinity, weights: Infinity };

/** The layers as a chain with gradients for all, if all of them are links. */
function chainOf(layers: nn.Module[], shape: readonly number[]) {
  const { links: chain, end, shape: outShape } = linksFrom(layers, 0, shape);
  const links = chain.map(({ link }) => link);
  const learns = chain.map(({ parameters }) => parameters.weight !== undefined);
  const request: ChainRequest = { shape, links, record: true, gradX: true, learns };
  return {
    request,
    whole: end === layers.length,
    outShape,
    parameters: chain.map((link) => link.parameters),
  };
}

function programOf(layers: nn.Module[], shape: readonly number[], parts: number, cache?: Cache): Program {
  return compile(chainOf(layers, shape).request, { fma: false, winograd: true, parts }, cache)!;
}

const namesOf = (actions: Program["forward"]): string[] =>
  actions.map((action) => ("act" in action ? "(between)" : action.name));

describe("routines that follow each other", () => {
  test("are one, as far as they work on samples", () => {
    const program = programOf(NETS[0].make(), [64, 1, 28, 28], 2);
    expect(namesOf(program.forward)).toEqual(["input … 7.linear.input", "7.linear.forward", "output"]);
    expect(namesOf(program.backward)).toEqual([
      "3.conv2d.backWeights0",
      "gradOutput … 7.linear.gradBias",
      "7.linear.gradWeight",
      "7.linear.gradInput",
      "7.linear.gradMaps … gradInput",
      "3.conv2d.gradWeight.taps",
    ]);
  });

  test("are one up to where a batch is summed up, and from there on", () => {
    const layers = [new nn.Conv2d(3, 8, 3), new nn.BatchNorm2d(8), relu(), new nn.Conv2d(8, 8, 3), relu()];
    const names = namesOf(programOf(layers, [16, 3, 20, 20], 1).forward);
    expect(names.filter((name) => name !== "(between)")).toEqual([
      "input … 0.conv2d.forward",
      "1.batchNorm.moments",
      "1.batchNorm.forward … output",
    ]);
  });

  test("stay apart where their weights would push each other out of the cache", () => {
    const layers = Array.from({ length: 3 }, () => new nn.Conv2d(64, 64, 3, { padding: 1 }));
    const names = namesOf(programOf(layers, [8, 64, 19, 19], 1).forward);
    expect(names).toEqual(["input … 0.conv2d.forward", "1.conv2d.forward", "2.conv2d.forward … output"]);
  });

  test("stay apart where a thread would wait for another's samples", () => {
    const layers = [new nn.Conv2d(2, 3, 3), relu(), new nn.MaxPool2d(2)];
    const joined = (batch: number, parts: number): boolean =>
      programOf(layers, [batch, 2, 12, 12], parts).forward.length === 1;
    expect([1, 3, 9].map((batch) => joined(batch, 1))).toEqual([true, true, true]);
    expect([1, 3, 6, 9].map((batch) => joined(batch, 2))).toEqual([false, false, true, true]);
  });

  test("have room for the samples under way only, in maps that nobody else reads", () => {
    const layers = NETS[0].make();
    const bytesOf = (batch: number, parts: number, cache?: Cache): number =>
      programOf(layers, [batch, 1, 28, 28], parts, cache).size;
    // Of an image: what a convolution gives, before it is pooled, there and back.
    const [first, second] = [28 * 28 * 8 * 4, 14 * 14 * 16 * 4];
    const spared = (parts: number): number => bytesOf(256, parts, ROOMY) - bytesOf(256, parts);
    expect(spared(1)).toBeGreaterThan(200 * 2 * (first + second));
    expect(spared(2)).toBeLessThan(spared(1)); // each part has room of its own
    expect(bytesOf(4, 1)).toBe(bytesOf(4, 1, ROOMY)); // a batch that is under way as a whole
  });

  test("have few samples at a time where all of them would need much room, and nobody asks for them again", () => {
    const residual = (): nn.Module =>
      new nn.Residual(new nn.Sequential(new nn.Conv2d(16, 16, 3, { padding: 1 }), relu(), new nn.Conv2d(16, 16, 3, { padding: 1 }))); // prettier-ignore
    const layers = [new nn.Conv2d(3, 16, 3, { padding: 1 }), ...Array.from({ length: 20 }, residual)];
    const { request } = chainOf(layers, [600, 3, 32, 32]);
    const forgetful = { ...request, record: false };
    const most = (request: ChainRequest): number => {
      const { size } = compile(request, { fma: false, winograd: true, parts: 8 })!;
      const [batch, ...sample] = request.shape;
      const samples = portion(request, size);
      return samples === batch ? size / 2 ** 20 : most({ ...request, shape: [samples, ...sample], links: request.links.map((link) => ("g" in link ? ({ ...link, g: { ...link.g, batch: samples } } as Link) : link)) }); // prettier-ignore
    };
    expect(compile(forgetful, { fma: false, winograd: true, parts: 8 })!.size / 2 ** 20).toBeGreaterThan(128);
    expect(most(forgetful)).toBeLessThan(128);
  });

  test("take no batch without samples", () => {
    for (const [net, sample] of [
      [new nn.Sequential(new nn.Conv2d(2, 3, 3), relu()), [2, 8, 8]],
      [new nn.Sequential(new nn.Linear(4, 3), relu()), [4]],
    ] as const) {
      const { expected, got } = onBoth(() => step(net, randn([0, ...sample])));
      expectAlike(got, expected); // the gradients are 0
    }
  });

  test("compute the same bits, however many samples go at a time", () => {
    manualSeed(3);
    let compared = 0;
    for (let trial = 0; trial < 40; trial++) {
      const { shape: [, ...sample], layers } = randomStack(); // prettier-ignore
      const shape = [6 + (trial % 7), ...sample];
      const { request, whole, outShape, parameters } = chainOf(layers, shape);
      if (!whole) continue;
      const [x, gradOut] = [randn(shape), randn(outShape)];
      const run = (parts: number, cache: Cache): Tensor[] => {
        const arena = new CrewArena(false, new Crew());
        arena.crew.threads = 1;
        const program = compile(request, { fma: false, winograd: true, parts }, cache)!;
        const pass = new ChainRunner(arena, program, request).run(x, parameters);
        const { x: gradX, links } = pass.backward(gradOut);
        const all = [pass.out, gradX, ...links.flatMap(({ weight, bias }) => [weight, bias])];
        return all.filter((tensor) => tensor !== undefined);
      };
      const valuesOf = (tensors: Tensor[]): number[][] => tensors.map(({ storage }) => [...storage]);
      for (const parts of [1, 2, 3]) {
        const expected = valuesOf(run(parts, ROOMY));
        expect(expected.flat().some((value) => value !== 0)).toBe(true);
        const sampleBytes = 4 * sample.reduce((a, b) => a * b);
        for (const samples of [1, 5 * sampleBytes, 20 * sampleBytes]) {
          expect(valuesOf(run(parts, { ...ROOMY, samples }))).toEqual(expected);
        }
        if (parts === 1) expect(valuesOf(run(parts, { ...ROOMY, weights: 0 }))).toEqual(expected);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(60);
  });

  test.each([1, 2, 3])(
    "compute what the reference computes for more samples than find room: %i threads",
    (threads) => {
      manualSeed(4);
      backend.setThreads(threads);
      const [lenet, deep] = [
        new nn.Sequential(...NETS[0].make()),
        new nn.Sequential(new nn.Conv2d(3, 16, 3, { padding: 1 }), new nn.BatchNorm2d(16), relu(), new nn.MaxPool2d(2), new nn.Conv2d(16, 24, 3), new nn.BatchNorm2d(24), relu(), new nn.AvgPool2d(2), new nn.Conv2d(24, 8, 5, { padding: 2, stride: 2 }), new nn.Flatten(), new nn.Linear(128, 3)), // prettier-ignore
      ];
      for (const [net, x] of [
        [lenet, randn(31, 1, 28, 28)],
        [deep, randn(13, 3, 36, 38)],
      ] as const) {
        // prettier-ignore
        x.requiresGrad = true;
        const state = net.stateDict();
        const { expected, got } = onBoth(() => {
          net.loadStateDict(state); // a step moves the running statistics
          return step(net, x);
        });
        expectAlike(got, expected);
      }
    },
  );
});

// The bench follows shapes by itself, for its report and for libraries that need them; kernel-lib is the judge.

import { nn, noGrad, zeros } from "kernel-lib";
import { describe, expect, test } from "vitest";
import {
  NETWORKS,
  build,
  describeNetwork,
  multiplyAdds,
  ofChannels,
  walk,
  type Network,
} from "../../../kernel-lib/commands/bench/networks.mjs";
import { randomNetworks } from "../../../kernel-lib/commands/bench/randomNetwork.mjs";

const { w1, w2, w3 } = NETWORKS;

/** Parameters and the output's shape, as kernel-lib has them and as the bench says. */
function facts(network: Network) {
  const model = build(nn, network.layers).eval();
  const out = noGrad(() => model.forward(zeros([1, ...network.input])));
  const steps = walk(network);
  return {
    ours: [model.parameters().map(({ shape }) => shape), out.shape],
    theirs: [steps.flatMap(({ parameters }) => parameters), [1, ...steps.at(-1)!.shape]],
  };
}

describe("the networks of the bench", () => {
  test.each([w1, { ...w2, input: [3, 8, 8], layers: w2.layers.slice(0, -4) }, ofChannels(4)])(
    "$name has the shapes that kernel-lib gives it",
    (network) => {
      const { ours, theirs } = facts(network);
      expect(theirs).toEqual(ours);
    },
  );

  test("end in as many numbers as there are classes", () => {
    for (const network of [w1, w2, w3, ofChannels(16)]) {
      expect(walk(network).at(-1)!.shape, network.name).toEqual([network.classes]);
    }
  });

  test("take the multiplications that are counted by hand", () => {
    expect(multiplyAdds(w1)).toBe(784 * 25 * 8 + 196 * 25 * 8 * 16 + 7840);
    expect(multiplyAdds(w3)).toBe(361 * (25 * 48 * 64 + 6 * 9 * 64 * 64 + 64));
  });

  test("are described with every number that matters", () => {
    expect(describeNetwork({ ...w1, layers: w1.layers.slice(0, 3) })).toBe(
      "28×28×1, batch 64: Conv2d(1, 8, 5, padding 2) ReLU MaxPool2d(2)",
    );
  });

  test("a layer that does not fit is named", () => {
    const wrong = { ...w1, input: [3, 28, 28] };
    expect(() => walk(wrong)).toThrow("Conv2d(1, 8, 5) after (3, 28, 28)");
  });
});

describe("randomNetworks()", () => {
  test("draws the same networks from the same seed, and others from another", () => {
    expect(randomNetworks(7, 3)).toEqual(randomNetworks(7, 3));
    expect(randomNetworks(7, 3)).not.toEqual(randomNetworks(8, 3));
  });

  test("draws networks whose layers fit, of the size of a lecture's", () => {
    for (let seed = 0; seed < 100; seed++) {
      for (const network of randomNetworks(seed, 3)) {
        const shapes = walk(network).map(({ shape }) => shape);
        expect(Math.min(...shapes.flat()), describeNetwork(network)).toBeGreaterThan(0);
        expect(shapes.at(-1)).toEqual([network.classes]);
        const work = multiplyAdds(network) * network.batch;
        expect(work).toBeGreaterThanOrEqual(2e7);
        expect(work).toBeLessThanOrEqual(4e9);
      }
    }
  });

  test("draws boards and images, with and without strides and normalisation", () => {
    const drawn = Array.from({ length: 40 }, (_, seed) =>
      randomNetworks(seed, 1).map(describeNetwork),
    ).join();
    for (const kind of ["MaxPool2d", "stride 2", "BatchNorm2d", "19×19", "Linear"])
      expect(drawn).toContain(kind);
  });

  test("draws what kernel-lib can run", () => {
    const small = Array.from({ length: 20 }, (_, seed) => randomNetworks(seed, 1)[0])
      .sort((a, b) => multiplyAdds(a) - multiplyAdds(b))
      .slice(0, 2);
    for (const network of small) {
      const { ours, theirs } = facts(network);
      expect(theirs, describeNetwork(network)).toEqual(ours);
    }
  });
});

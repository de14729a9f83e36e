import { F, Tensor } from "kernel-lib";
import { describe, expect, test } from "vitest";
import { disagreements, exported, readCases, title, type Case, type StoredTensor } from "../python/compare";
import { notYet } from "../python/notYet";
import { WAYS } from "../support/backends";

// A few small cases an op that PyTorch computed once, so that a wrong op shows on a machine without PyTorch too.
// `npm run test:torch` makes hundreds more.
const { cases, torch } = readCases(new URL("../python/stored.jsonl", import.meta.url));

describe(`stored cases of PyTorch ${torch}`, () => {
  test("are of every op but those listed as missing", () => {
    const absent = [...new Set(cases.map((each) => each.op))].filter((op) => exported(op) === undefined);
    expect(absent).toEqual(notYet);
  });

  test("leave out no op that kernel-lib has", () => {
    const random = ["F.dropout", "F.dropout2d"]; // PyTorch draws other numbers
    const notOps = "size item toArray backward detach requiresGrad_ copy_ toString"
      .split(" ")
      .map((m) => `Tensor.${m}`);
    const { constructor: _, ...members } = Object.getOwnPropertyDescriptors(Tensor.prototype);
    const methods = Object.keys(members).filter((name) => typeof members[name].value === "function");
    const ops = [...Object.keys(F).map((name) => `F.${name}`), ...methods.map((name) => `Tensor.${name}`)];
    const compared = new Set([...cases.map((each) => each.op), ...random, ...notOps]);
    expect(ops.filter((op) => !compared.has(op))).toEqual([]);
  });

  describe.each(WAYS)("on $name", ({ use }) => {
    test.each(cases.filter((each) => !notYet.includes(each.op)).map((each) => [title(each), each] as const))(
      "%s",
      (_, each) => {
        use();
        expect(disagreements(each)).toEqual([]);
      },
    );
  });
});

describe("the comparison", () => {
  const product = cases.find((each) => each.op === "Tensor.mul")!;
  const running = cases.find((each) => each.inputs.some((input) => input.after))!;

  /** The same case with one number of one stored tensor made larger by `by`. */
  function spoil(each: Case, pick: (copy: Case) => StoredTensor, by: number): Case {
    const copy = structuredClone(each);
    const stored = pick(copy);
    const values = new Float64Array(Uint8Array.from(Buffer.from(stored.base64, "base64")).buffer);
    values[values.length - 1] += by;
    stored.base64 = Buffer.from(values.buffer).toString("base64");
    return copy;
  }

  test("sees a result that is off by 1e-8, and one that is no number", () => {
    expect(disagreements(spoil(product, (copy) => copy.out!, 1e-8))[0]).toMatch(
      /^result: error .* above 1e-10/,
    );
    expect(disagreements(spoil(product, (copy) => copy.out!, NaN))[0]).toMatch(
      /^result: error NaN .* instead of NaN/,
    );
  });

  test("sees a wrong gradient and a wrong running statistic", () => {
    expect(disagreements(spoil(product, (copy) => copy.inputs[0].grad!, 1e-8))[0]).toMatch(
      /^gradient of input 0/,
    );
    const at = running.inputs.findIndex((input) => input.after);
    expect(disagreements(spoil(running, (copy) => copy.inputs[at].after!, 1e-8))[0]).toMatch(
      /^input \d afterwards/,
    );
  });

  test("sees a wrong shape and a wrong dtype", () => {
    const shape = structuredClone(product);
    shape.out!.shape.push(1);
    expect(disagreements(shape)[0]).toMatch(/^result: shape /);
    const dtype = structuredClone(product);
    dtype.out!.dtype = "uint8";
    expect(disagreements(dtype)[0]).toBe("result: dtype float64 instead of uint8");
  });
});

import { numelOf, type Shape } from "../../../tensor/shape.js";
import { Tensor } from "../../../tensor/tensor.js";
import type { ChainRequest, Link } from "../../backend.js";
import type { ChainRunner } from "./run.js";

/** Bytes of a block from which on a batch goes through in portions, where nothing is remembered of it. */
const MOST = 128 * 2 ** 20;

/** How many samples go through at a time: all, unless they need much memory and are nothing to each other. */
export function portion({ record, shape, links }: ChainRequest, bytes: number): number {
  const batch = shape[0];
  const alone = links.every(
    (link) => link.kind !== "dropout" && !(link.kind === "batchNorm" && link.ofBatch),
  );
  return record || !alone || bytes <= MOST ? batch : Math.max(1, Math.floor((batch * MOST) / bytes));
}

/** What runs a chain. */
export type Runner = Pick<ChainRunner, "run" | "close">;

/** A batch that goes through a chain a portion of its samples at a time. */
export function splitRunner(
  request: ChainRequest,
  outShape: Shape,
  samples: number,
  runnerFor: (request: ChainRequest) => Runner,
): Runner {
  const [batch, ...sample] = request.shape;
  return {
    run(x, parameters) {
      const out = new Float32Array(numelOf(outShape));
      for (let first = 0; first < batch; first += samples) {
        const count = Math.min(samples, batch - first);
        const links = request.links.map((link) =>
          "g" in link ? ({ ...link, g: { ...link.g, batch: count } } as Link) : link,
        );
        const part = { ...request, shape: [count, ...sample], links };
        const size = x.numel / batch;
        const values = x.storage.subarray(first * size, (first + count) * size);
        const pass = runnerFor(part).run(new Tensor(values, part.shape, x.dtype), parameters);
        out.set(pass.out.storage, (first * out.length) / batch);
      }
      const backward = (): never => {
        throw new Error("wasm: no way back"); // nothing was remembered, and nobody was promised one
      };
      return { out: new Tensor(out, outShape, "float32"), statistics: [], backward };
    },
    close() {}, // each portion's runner closes itself
  };
}

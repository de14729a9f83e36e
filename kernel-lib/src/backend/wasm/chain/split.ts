import { Tensor } from "../../../tensor/tensor.js";
import type { ChainRequest, Link, LinkParameters } from "../../backend.js";
import type { ChainRunner, Pass } from "./run.js";

/** Bytes of a block from which on a batch goes through in portions, where nothing is remembered of it. */
const MOST = 128 * 2 ** 20;

/** How many samples go through at a time: all, unless they need much memory and are nothing to each other. */
export function portion({ record, shape, links }: ChainRequest, bytes: number): number {
  const batch = shape[0];
  const alone = links.every(
    (link) => link.kind !== "dropout" && !(link.kind === "batchNorm" && link.ofBatch),
  );
  if (record || !alone || bytes <= MOST) return batch;
  const portions = Math.ceil(batch / Math.max(1, Math.floor((batch * MOST) / bytes)));
  return Math.ceil(batch / portions);
}

/** A batch that goes through a chain a portion of its samples at a time. */
export class SplitRunner {
  constructor(
    readonly request: ChainRequest,
    readonly samples: number,
    readonly runnerFor: (request: ChainRequest) => ChainRunner,
  ) {}

  run(x: Tensor, parameters: readonly LinkParameters[]): Pass {
    const { shape, links } = this.request;
    const [batch, ...sample] = shape;
    const size = x.numel / batch;
    const parts: Tensor[] = [];
    for (let first = 0; first < batch; first += this.samples) {
      const count = Math.min(this.samples, batch - first);
      const request = { ...this.request, shape: [count, ...sample], links: links.map((link) => forBatch(link, count)) }; // prettier-ignore
      const values = x.storage.subarray(first * size, (first + count) * size);
      parts.push(this.runnerFor(request).run(new Tensor(values, request.shape, x.dtype), parameters).out);
    }
    const out = new Float32Array(parts.reduce((sum, part) => sum + part.numel, 0));
    let at = 0;
    for (const { storage } of parts) {
      out.set(storage, at);
      at += storage.length;
    }
    return {
      out: new Tensor(out, [batch, ...parts[0].shape.slice(1)], "float32"),
      statistics: [],
      backward: () => {
        throw new Error("wasm: nothing was remembered of this batch"); // and nobody was promised a way back
      },
      discard: () => {},
    };
  }

  close(): void {} // each portion's runner closes itself
}

function forBatch(link: Link, batch: number): Link {
  return "g" in link ? ({ ...link, g: { ...link.g, batch } } as Link) : link;
}

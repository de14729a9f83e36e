import type { ChainRequest, Link } from "../../backend.js";
import { windowsOf } from "../routines/windows.js";
import { suitsWinograd } from "./winogradReach.js";

/** Sizes of what flows between two links. */
export interface Size {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Whether it counts as vectors: channel by channel in one row. */
  readonly flat: boolean;
}

/** The links that will be one stage, and what flows in and out. */
export interface Plan {
  readonly link: Link;
  readonly index: number;
  readonly from: Size;
  readonly to: Size;
  readonly relu: boolean;
  /** Of a convolution: the norm after it that is taken into it. */
  readonly norm?: { readonly index: number; readonly eps: number };
  /** Whether it is a convolution on tiles. */
  readonly tiles: boolean;
  /** Of a residual: its block, and what goes round it (nothing, if the input itself does). */
  readonly branches: readonly (readonly Plan[])[];
}

/** Links that follow each other as stages, and what comes out of them; `undefined` if one has no routine there. */
type Run = { readonly plans: readonly Plan[]; readonly to: Size } | undefined;

/** Which links become which stages. */
export function plan({ shape, links, record }: ChainRequest, winograd: boolean): Run {
  if ((shape.length !== 2 && shape.length !== 4) || shape[0] === 0) return undefined;
  const [, channels, height = 1, width = 1] = shape;
  const size = { channels, height, width, flat: shape.length === 2 };
  return planRun({ links, record, winograd }, 0, links.length, size);
}

/**
 * Links `first` … `end − 1`, with the relu after a product, a norm or a sum taken into it, and into a convolution the norm
 * after it, if its mean and variance are known and nobody will ask for the way back.
 */
function planRun(
  chain: Pick<ChainRequest, "links" | "record"> & { readonly winograd: boolean },
  first: number,
  end: number,
  from: Size,
): Run {
  const { links, record, winograd } = chain;
  const linkAt = (i: number): Link | undefined => (i < end ? links[i] : undefined);
  const plans: Plan[] = [];
  let size = from;
  for (let i = first; i < end; i++) {
    const link = links[i];
    const index = i;
    if (link.kind === "flatten") {
      size = { ...size, flat: true };
      continue;
    }
    const branches: (readonly Plan[])[] = [];
    let to = sizeAfter(link, size);
    if (link.kind === "residual") {
      for (const count of [link.block, link.shortcut]) {
        const run = planRun(chain, i + 1, i + 1 + count, size);
        if (!run || (branches.length > 0 && !sameSize(run.to, to))) return undefined;
        branches.push(run.plans);
        to = run.to;
        i += count;
      }
    }
    if (!to) return undefined;
    const next = linkAt(i + 1);
    const folds = link.kind === "conv2d" && next?.kind === "batchNorm" && !next.ofBatch && !record;
    const norm = folds ? { index: ++i, eps: next.eps } : undefined;
    const relu = link.kind === "relu" || (TAKES_RELU.has(link.kind) && linkAt(i + 1)?.kind === "relu");
    const tiles = winograd && link.kind === "conv2d" && suitsWinograd(link.g);
    plans.push({ link, index, from: size, to, relu, norm, tiles, branches });
    if (relu && link.kind !== "relu") i++;
    size = to;
  }
  return { plans, to: size };
}

const TAKES_RELU: ReadonlySet<Link["kind"]> = new Set(["conv2d", "linear", "batchNorm", "residual"]);

const sameSize = (a: Size, b: Size | undefined): boolean =>
  a.channels === b?.channels && a.height === b.height && a.width === b.width && a.flat === b.flat;

function sizeAfter(link: Link, size: Size): Size | undefined {
  switch (link.kind) {
    case "conv2d":
      if (size.flat) return undefined;
      return { channels: link.g.outChannels, height: link.g.outHeight, width: link.g.outWidth, flat: false };
    case "linear":
      return size.flat ? { channels: link.outFeatures, height: 1, width: 1, flat: true } : undefined;
    case "maxPool2d":
    case "avgPool2d":
      if (size.flat || !windowsOf(link.g)) return undefined;
      return { channels: size.channels, height: link.g.outHeight, width: link.g.outWidth, flat: false };
    case "batchNorm":
      return size.flat && size.height * size.width > 1 ? undefined : size;
    default:
      return size;
  }
}

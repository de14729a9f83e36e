import { concatBytes } from "../../system/bytes.js";
import { describe, rangeError, typeError } from "../../tensor/errors.js";
import { damaged, isGzip, LARGEST, named, type Source } from "../source.js";

/** What a page reads from: bytes, a file that someone has picked or dropped, or an address on the page's own site. */
export type PageSource = string | URL | Blob | ArrayBuffer | Uint8Array;

// Node's types are loaded, a browser's are not.
const browser = globalThis as unknown as {
  location: { href: string; origin: string };
  document?: { baseURI: string };
};

/**
 * The bytes of a source, unpacked if they are gzipped, for a reader that cannot wait for promises.
 *
 * @throws {RangeError} for an address on another site
 * @throws {Error} if nothing can be fetched there
 * @throws {SyntaxError} if it is gzipped and damaged, or unpacks to more than 1 GiB
 */
export async function fetched(op: string, source: PageSource): Promise<Uint8Array> {
  const { bytes, name } = await bytesOf(op, source);
  if (!isGzip(bytes)) return named(bytes, name);
  try {
    return named(await unpacked("gzip", bytes, LARGEST), `${name} unpacked`);
  } catch (error) {
    throw damaged(op, name, 0, "sound gzip", (error as Error).message);
  }
}

/** A reader of Node's as a page has it: it takes what a page has, and gives a promise. */
export type InPage<F> = F extends (source: Source, ...rest: infer Rest) => infer Out
  ? (source: PageSource, ...rest: Rest) => Promise<Out>
  : never;

/** Make such a reader; its bytes are fetched and unpacked before it begins. */
export function inPage<Rest extends unknown[], Out>(
  op: string,
  read: (source: Source, ...rest: Rest) => Out,
): (source: PageSource, ...rest: Rest) => Promise<Out> {
  return async (source, ...rest) => read(await fetched(op, source), ...rest);
}

/**
 * Unpack bytes with the browser's own routines.
 *
 * @param most bytes that may come out
 * @throws {Error} if they are damaged, cut short, or unpack to more
 */
export async function unpacked(
  format: "gzip" | "deflate" | "deflate-raw",
  bytes: Uint8Array,
  most: number,
): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format));
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concatBytes(parts);
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw new Error(`more than ${most} bytes`);
    }
    parts.push(value);
  }
}

async function bytesOf(op: string, source: PageSource): Promise<{ bytes: Uint8Array; name: string }> {
  if (typeof source === "string" || source instanceof URL) return download(op, source);
  if (source instanceof Blob) {
    const bytes = new Uint8Array(await source.arrayBuffer());
    return { bytes, name: (source as { name?: string }).name ?? `${bytes.length} bytes` };
  }
  if (source instanceof ArrayBuffer || source instanceof Uint8Array) {
    const bytes = new Uint8Array(source instanceof ArrayBuffer ? source : source.slice());
    return { bytes, name: `${bytes.length} bytes` };
  }
  throw typeError(op, "bytes, a file, or an address", describe(source));
}

async function download(op: string, address: string | URL): Promise<{ bytes: Uint8Array; name: string }> {
  const base = browser.document?.baseURI ?? browser.location.href;
  const url = new URL(address, base);
  if (url.origin !== browser.location.origin) {
    const wayOut = "fetch it yourself and hand the bytes over";
    throw rangeError(op, `an address on this page's site, ${browser.location.origin}`, url.href, wayOut);
  }
  const wrong = (got: string, cause?: unknown): Error => {
    const sentence = `${op}: expected a file at ${describe(String(address))}, got ${got};\nrelative addresses start at ${base}`;
    return new Error(sentence, { cause });
  };
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw wrong((error as Error).message, error);
  }
  if (!response.ok) throw wrong(`${response.status} ${response.statusText}`.trim());
  return { bytes: new Uint8Array(await response.arrayBuffer()), name: String(address) };
}

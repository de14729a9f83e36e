import type { MimeBundle } from "./displayable.js";
import { node } from "../system/node.js";
import { keepMessages, type Sender } from "./stockTslab.js";

/** A notebook kernel that runs this library, as far as showing things goes. */
export interface Host {
  /** Send a bundle to the running cell; one with a display id can be updated later. */
  show(bundle: MimeBundle, metadata: Record<string, unknown>, displayId?: string, update?: boolean): void;
  /** If the next line that is printed now is just `text`, show the bundle in its place. */
  showInsteadOf(text: string, bundle: () => [MimeBundle, Record<string, unknown>]): void;
}

/** The part of stock tslab's `dist/jupyter.js` that sends output; it is replaced for every cell. */
interface TslabJupyter {
  lastWriteDisplayData?: (message: object, update: boolean) => void;
}

/** What a CommonJS module that the process has loaded exports. */
function loadedModule<T>(path: RegExp): T | undefined {
  const { cache = {} } = node("node:module")?.createRequire(import.meta.url) ?? {};
  const file = Object.keys(cache).find((name) => path.test(name));
  return file === undefined ? undefined : (cache[file]?.exports as T);
}

let found: Host | null | undefined;

/** The kernel this process is, or `null` in plain Node and in a browser. */
export function currentHost(): Host | null {
  if (found === undefined) found = findOurKernel() ?? findStockTslab();
  return found;
}

/** What our own kernel (`jupyter/`) lets a library reach, as far as showing things goes. */
interface Kernel {
  display(
    bundle: MimeBundle,
    options: { metadata: Record<string, unknown>; displayId?: string; update?: boolean },
  ): void;
}

function findOurKernel(): Host | null {
  const kernel = (globalThis as Record<symbol, unknown>)[Symbol.for("Jupyter.kernel")] as Kernel | undefined;
  if (!kernel) return null;
  return hostThat((bundle, metadata, displayId, update) => {
    kernel.display(bundle, { metadata, displayId, update });
  });
}

/**
 * Stock tslab 1.0.22 prints a cell's last value with console.log and knows no display symbol, but keeps the function
 * that sends display data in a module variable. It is found among the modules that the process has loaded.
 */
function findStockTslab(): Host | null {
  if (!("__tslab__" in globalThis)) return null;
  const jupyter = loadedModule<TslabJupyter>(/[\\/]tslab[\\/]dist[\\/]jupyter\.js$/);
  if (!jupyter) return null;
  const zeromq = loadedModule<Record<"Publisher" | "Router", { prototype: Sender }>>(
    /[\\/]zeromq[\\/]lib[\\/]index\.js$/,
  );
  if (zeromq) [zeromq.Publisher, zeromq.Router].forEach(({ prototype }) => keepMessages(prototype));
  const show: Host["show"] = (data, metadata, displayId, update = false) => {
    const transient = displayId ? { display_id: displayId } : {};
    jupyter.lastWriteDisplayData?.({ data, metadata, transient }, update);
  };
  return hostThat(show);
}

function hostThat(show: Host["show"]): Host {
  return {
    show,
    showInsteadOf(text, bundle) {
      const write = process.stdout.write;
      const restore = (): void => {
        if (process.stdout.write === once) process.stdout.write = write;
      };
      const once = ((chunk: string | Uint8Array, ...rest: []): boolean => {
        restore();
        if (chunk !== `${text}\n`) return write.call(process.stdout, chunk, ...rest);
        show(...bundle());
        return true;
      }) as typeof write;
      process.stdout.write = once;
      queueMicrotask(restore); // nothing was printed: the text was only asked for
    },
  };
}

if ("__tslab__" in globalThis) currentHost(); // from the first cell on, before a message can be lost

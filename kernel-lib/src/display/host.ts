import type { MimeBundle } from "./displayable.js";

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

let found: Host | null | undefined;

/** The kernel this process is, or `null` in plain Node and in a browser. */
export function currentHost(): Host | null {
  if (found === undefined) found = findStockTslab();
  return found;
}

/**
 * Stock tslab 1.0.22 prints a cell's last value with console.log and knows no display symbol, but keeps the function
 * that sends display data in a module variable. It is found among the modules that the process has loaded.
 */
function findStockTslab(): Host | null {
  if (!("__tslab__" in globalThis)) return null;
  const cache = process.getBuiltinModule("node:module").createRequire(import.meta.url).cache;
  const path = Object.keys(cache).find((file) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(file));
  if (!path) return null;
  const jupyter = cache[path]?.exports as TslabJupyter;
  const show: Host["show"] = (data, metadata, displayId, update = false) => {
    const transient = displayId ? { display_id: displayId } : {};
    jupyter.lastWriteDisplayData?.({ data, metadata, transient }, update);
  };
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

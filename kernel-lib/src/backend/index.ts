import { rangeError } from "../tensor/errors.js";
import type { Backend } from "./backend.js";
import { reference } from "./reference/index.js";
import { makeWasm } from "./wasm/index.js";

const wasm = makeWasm();
const available = new Map<string, Backend>(
  [reference, ...(wasm ? [wasm] : [])].map((each) => [each.name, each]),
);
let inUse: Backend = reference;

/** Which routines compute: by name, one at a time, for the whole process. */
export const backend: {
  /** The routines in use; its `name` says which. */
  readonly current: Backend;
  /** Compute with another backend from now on. */
  use(name: string): void;
  /** Names of the backends that work on this machine. */
  list(): string[];
} = {
  get current(): Backend {
    return inUse;
  },
  use(name: string): void {
    const wanted = available.get(name);
    if (!wanted) {
      throw rangeError("backend.use", `one of ${[...available.keys()].join(", ")}`, JSON.stringify(name));
    }
    inUse = wanted;
  },
  list(): string[] {
    return [...available.keys()];
  },
};

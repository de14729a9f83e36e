// What kernel-lib says of itself in this process: one line.

import { backend } from "kernel-lib";

if (backend.list().includes("wasm")) backend.use("wasm");
const { setThreads, features } = /** @type {{ setThreads?: unknown, features?: object }} */ (
  /** @type {unknown} */ (backend)
);
console.log(JSON.stringify({ backend: backend.current.name, threads: setThreads !== undefined, features }));

import type { WasmMemory } from "../webassembly.js";
import { node } from "../../../system/node.js";
import { AWAKE_MS, CELL, CELLS, PARTS_MASK, STOP } from "./control.js";
import { serve, type Order } from "./serve.js";

interface Worker {
  terminate(): unknown;
}

/** Threads that take parts of jobs, started and on their way: they say themselves when they are ready. */
export interface Workers {
  readonly control: Int32Array;
  /** Send them home: each goes as soon as it has finished its part, or in the middle of it. */
  dismiss(inTheMiddle: boolean): void;
}

export function startWorkers(count: number, memory: WasmMemory): Workers {
  const control = new Int32Array(new SharedArrayBuffer(CELLS * 4));
  const order: Order = { memory, control, constants: { CELL, PARTS_MASK, STOP, AWAKE_MS } };
  const started = Array.from({ length: count }, () => start(order));
  return {
    control,
    dismiss(inTheMiddle) {
      Atomics.store(control, CELL.ticket, STOP);
      Atomics.notify(control, CELL.ticket);
      if (inTheMiddle) for (const worker of started) worker.terminate();
    },
  };
}

function start(order: Order): Worker {
  const threads = node("node:worker_threads");
  if (threads) {
    const source = `(${serve})(require("node:worker_threads").workerData, WebAssembly)`;
    const worker = new threads.Worker(source, {
      eval: true,
      workerData: order,
      execArgv: [], // none of what the program preloads for itself
      env: threads.SHARE_ENV,
    });
    worker.on("error", () => {}); // one that ends early is done without
    worker.unref(); // a program that is over ends, workers or not
    return worker;
  }
  const worker = new browser.Worker(sourceUrl());
  worker.postMessage(order);
  return worker;
}

// Node's types are loaded, a browser's are not.
const browser = globalThis as unknown as {
  Worker: new (url: string) => Worker & { postMessage(message: unknown): void };
};

let url: string | undefined;
function sourceUrl(): string {
  const source = `onmessage = ({ data }) => { (${serve})(data, WebAssembly); close(); }`;
  return (url ??= URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
}

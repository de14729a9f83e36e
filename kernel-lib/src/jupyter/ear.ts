/**
 * The child's ear: a thread that reads orders while cells keep the main thread busy. So a cell that spins can be
 * interrupted, one that waits for a line of text can be given it, and no child outlives its front.
 */

import { Socket } from "node:net";
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { signalGroup } from "./group.js";
import type { Order } from "./orders.js";
import { FrameReader, ORDERS_FD } from "./pipe.js";
import { SHARED, type EarData, type Typed } from "./shared.js";

/** A main thread that is free hears an interrupt within this. */
const SOON_MS = 100;

listen(parentPort!, workerData as EarData);

function listen(main: MessagePort, { shared, input }: EarData): void {
  const numbers = new Int32Array(shared);
  const type = (typed: Typed): void => {
    input.postMessage(typed);
    Atomics.add(numbers, SHARED.input, 1);
    Atomics.notify(numbers, SHARED.input);
  };
  let sent = 0;
  const interrupt = (order: Order): void => {
    const number = ++sent;
    main.postMessage(order);
    type(null); // it may wait for a line
    const again = setInterval(() => {
      if (Atomics.load(numbers, SHARED.heard) >= number) clearInterval(again);
      else if (Atomics.load(numbers, SHARED.spinning) === 1) signalGroup(process.pid, "SIGINT");
    }, SOON_MS);
  };
  const reader = new FrameReader<Order>();
  const orders = new Socket({ fd: ORDERS_FD, readable: true, writable: false });
  orders.on("data", (piece) => {
    for (const order of reader.push(piece)) {
      if (order.kind === "interrupt") interrupt(order);
      else if (order.kind === "input") type(order.value);
      else main.postMessage(order);
    }
  });
  orders.on("error", () => {});
  orders.on("close", () => signalGroup(process.pid, "SIGKILL")); // the front is gone, and a cell may spin
}

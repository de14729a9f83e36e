/** prompt() and confirm(): the cell stands still until the reader has answered. */

import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import { say } from "../display/language.js";
import { SHARED, type Typed } from "./shared.js";
import { KernelError } from "./traceback.js";

/** Waits for what the ear hears. */
export class Stdin {
  readonly #numbers: Int32Array;
  readonly #port: MessagePort;
  readonly #request: (prompt: string, password: boolean) => void;

  /** @param request asks the front end for a line; throws if it may not be asked */
  constructor(numbers: Int32Array, port: MessagePort, request: (prompt: string, password: boolean) => void) {
    this.#numbers = numbers;
    this.#port = port;
    this.#request = request;
  }

  readonly prompt = (message = "", defaultText = ""): string | null => {
    const typed = this.#ask(message === "" ? "" : `${String(message)} `);
    return typed === "" && defaultText !== "" ? String(defaultText) : typed;
  };

  readonly confirm = (message = ""): boolean =>
    /^\s*(y|yes|是|好)\s*$/i.test(this.#ask(`${String(message)} [y/N] `));

  #ask(prompt: string): string {
    while (receiveMessageOnPort(this.#port)); // an answer to nothing, or an old interrupt
    this.#request(prompt, false);
    for (;;) {
      const before = Atomics.load(this.#numbers, SHARED.input);
      const received = receiveMessageOnPort(this.#port) as { message: Typed } | undefined;
      if (!received) Atomics.wait(this.#numbers, SHARED.input, before);
      else if (received.message !== null) return received.message;
      else
        throw new KernelError(
          "Interrupted",
          say({ en: "interrupted while waiting for input", zh: "等待输入时被中断" }),
        );
    }
  }
}

/** A ZeroMQ socket as the zeromq package makes it, as far as sending goes. */
export interface Sender {
  send(message: unknown, ...rest: unknown[]): Promise<void>;
}

/**
 * Stock tslab 1.0.22 does not wait for its messages to be sent. After 512 of them on one socket (zeromq.js's
 * `max_sync_operations`) a send takes a turn of the event loop, and the next one before that is refused with EBUSY: an
 * output is lost, or an `idle`, and then the notebook waits for ever. So a message that is refused is kept, in order,
 * until the one before it is out.
 *
 * @param prototype of a socket class; its `send` is replaced
 */
export function keepMessages(prototype: Sender): void {
  const { send } = prototype;
  const lines = new WeakMap<Sender, { last: Promise<unknown>; waiting: number }>();
  function sendInOrder(this: Sender, message: unknown, ...rest: unknown[]): Promise<void> {
    const line = lines.get(this) ?? { last: Promise.resolve(), waiting: 0 };
    lines.set(this, line);
    if (line.waiting === 0) {
      try {
        const sent = send.call(this, message, ...rest);
        line.last = sent.catch(() => {});
        return sent;
      } catch (error) {
        if ((error as { code?: string }).code !== "EBUSY") throw error;
      }
    }
    line.waiting++;
    const sent = line.last.then(() => {
      line.waiting--;
      return send.call(this, message, ...rest);
    });
    line.last = sent.catch(() => {});
    return sent;
  }
  Object.defineProperty(prototype, "send", { value: sendInOrder, writable: true, configurable: true });
}

import * as zeromq from "zeromq";
import { describe, expect, test } from "vitest";
import { keepMessages, type Sender } from "../../kernel-lib/src/display/stockTslab.js";

const COUNT = 2000;

/** Send without waiting, as stock tslab does; returns what arrived and how many sends were refused. */
async function sendAll(publisher: zeromq.Publisher): Promise<{ arrived: number[]; refused: number }> {
  const subscriber = new zeromq.Subscriber({ receiveHighWaterMark: 0, receiveTimeout: 2000 });
  await publisher.bind("tcp://127.0.0.1:*");
  subscriber.connect(publisher.lastEndpoint as string);
  subscriber.subscribe();
  await new Promise((resolve) => setTimeout(resolve, 200)); // until the subscription is there
  let refused = 0;
  for (let i = 0; i < COUNT; i++) {
    try {
      void publisher.send(String(i));
    } catch {
      refused++;
    }
  }
  const arrived: number[] = [];
  for (let i = 0; i < COUNT - refused; i++) arrived.push(Number((await subscriber.receive()).toString()));
  publisher.close();
  subscriber.close();
  return { arrived, refused };
}

describe("keepMessages()", () => {
  test("is needed: zeromq refuses what is sent while the 513th message is on its way", async () => {
    const { refused } = await sendAll(new zeromq.Publisher({ sendHighWaterMark: 0 }));
    expect(refused).toBeGreaterThan(0);
  });

  test("lets every message arrive, in order", async () => {
    class Kept extends zeromq.Publisher {}
    keepMessages(Kept.prototype as unknown as Sender);
    const { arrived, refused } = await sendAll(new Kept({ sendHighWaterMark: 0 }));
    expect(refused).toBe(0);
    expect(arrived).toEqual(Array.from({ length: COUNT }, (_, i) => i));
  });

  test("passes other refusals on", () => {
    const closed = { send: () => Promise.reject(new Error("closed")) };
    const broken = {
      send: (): Promise<void> => {
        throw new TypeError("no message");
      },
    };
    keepMessages(closed);
    keepMessages(broken);
    expect(() => broken.send()).toThrow(TypeError);
    return expect(closed.send()).rejects.toThrow("closed");
  });
});

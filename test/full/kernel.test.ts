import { expect, test } from "vitest";
import { Client } from "../kernel/client.js";

// A long session: not one line, not one idle may be missing.

test("2,000 cells of 30 lines lose nothing", async () => {
  const kernel = await Client.start();
  for (let cell = 0; cell < 2_000; cell++) {
    const done = await kernel.execute(`for (let i = 0; i < 30; i++) console.log(${cell}, i);`);
    expect(done.text()).toBe(Array.from({ length: 30 }, (_, i) => `${cell} ${i}\n`).join(""));
    kernel.got.length = 0; // what has been looked at
  }
  await kernel.stop();
});

import { PNG } from "pngjs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { concatBytes, latin1Bytes, latin1Text } from "../../kernel-lib/src/system/bytes";
import { crc32 } from "../../kernel-lib/src/system/crc32";
import { needNode, node, packageOf } from "../../kernel-lib/src/system/node";
import { onUse } from "../../kernel-lib/src/system/onUse";
import { encodePng } from "../../kernel-lib/src/system/png";

const random = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * i * 31 + i) % 251);

/** What a function gives where there is no Node, as in a page. */
function withoutNode<T>(run: () => T): T {
  vi.stubGlobal("process", undefined);
  try {
    return run();
  } finally {
    vi.unstubAllGlobals();
  }
}

describe("without Node", () => {
  test("node() gives nothing, and needNode() says what to do", () => {
    expect(withoutNode(() => node("node:fs"))).toBeUndefined();
    expect(() => withoutNode(() => needNode("readIdx", "node:fs"))).toThrow(
      new Error("readIdx: expected Node and its files, got a page in a browser;\nhand bytes over and take bytes back, without a path"), // prettier-ignore
    );
    expect(() => withoutNode(() => packageOf("readImage", "pngjs"))).toThrow("readImage: expected Node");
  });

  test("crc32() is the same", () => {
    expect(withoutNode(() => crc32(latin1Bytes("123456789")))).toBe(0xcbf43926); // the check value of this polynomial
    for (const length of [0, 1, 1000])
      expect(withoutNode(() => crc32(random(length)))).toBe(crc32(random(length)));
  });

  test.each([
    ["grey", 1, 3, 5],
    ["colours of more rows than a block holds", 4, 200, 150],
  ])("a PNG of %s holds the same pixels", (_, channels, width, height) => {
    const values = random(width * height * channels);
    const [packed, stored] = [encodePng(width, height, channels, values), withoutNode(() => encodePng(width, height, channels, values))]; // prettier-ignore
    expect(stored.length).toBeGreaterThan(packed.length);
    const pixels = [packed, stored].map((bytes) => [...PNG.sync.read(Buffer.from(bytes)).data]);
    expect(pixels[1]).toEqual(pixels[0]);
    expect(pixels[0].filter((_, i) => i % 4 < (channels === 1 ? 1 : 4)).slice(0, 40)).toEqual([...values.subarray(0, 40)].slice(0, pixels[0].length)); // prettier-ignore
  });
});

test("bytes and text of one byte a character turn into each other", () => {
  const bytes = random(20_000); // more than one call takes
  expect(latin1Bytes(latin1Text(bytes))).toEqual(bytes);
  expect(concatBytes([bytes, new Uint8Array(0), Uint8Array.of(7)])).toEqual(Uint8Array.from([...bytes, 7]));
});

describe("onUse()", () => {
  let loads = 0;
  const load = async (): Promise<{ double(n: number): number }> => {
    loads++;
    return { double: (n) => 2 * n };
  };
  beforeEach(() => void (loads = 0));

  test("loads a module when its function is called, and not before", async () => {
    const double = onUse(load, "double");
    expect(loads).toBe(0);
    expect(await double(4)).toBe(8);
    expect(loads).toBe(1);
  });

  test("gives what the function throws as a refusal", async () => {
    const refuse = onUse(async () => ({ refuse: () => { throw new RangeError("no"); } }), "refuse"); // prettier-ignore
    await expect(refuse()).rejects.toThrow(new RangeError("no"));
  });
});

import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"; // prettier-ignore
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { data, io, tensor, Tensor, zeros } from "kernel-lib";
import { afterAll, describe, expect, test } from "vitest";
import { ascii, joined, safetensors, wav } from "./damage";

const folder = mkdtempSync(join(tmpdir(), "source-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every reader that takes a path or bytes. */
const READERS: Record<string, (source: data.Source) => unknown> = {
  readIdx: data.readIdx,
  readCifar10: data.readCifar10,
  readCifar100: data.readCifar100,
  readImage: data.readImage,
  readZip: data.readZip,
  readWav: data.readWav,
  readSgf: data.readSgf,
  readCsv: data.readCsv,
  readNpy: data.readNpy,
  readNpz: data.readNpz,
  loadSafetensors: io.loadSafetensors,
};

describe.each(Object.entries(READERS))("%s() refuses", (op, read) => {
  const from = `;\nrelative paths start at ${process.cwd()}`;

  test("a path where nothing is, and says from where paths count", () => {
    const path = join(folder, "none");
    const message = `${op}: expected a file at ${JSON.stringify(path)}, got nothing (ENOENT)${from}`;
    expect(() => read(path)).toThrow(expect.objectContaining({ message, code: "ENOENT" }) as Error);
    expect(() => read("")).toThrow(`${op}: expected a file at "", got nothing (ENOENT)`);
  });

  test("a folder, and what is no path at all", () => {
    expect(() => read(folder)).toThrow(`${op}: expected a file at ${JSON.stringify(folder)}, got a folder${from}`); // prettier-ignore
    expect(() => read("a\0b")).toThrow(`${op}: expected a file at "a\\u0000b", got `);
  });

  test.runIf(process.platform !== "win32")("a device, which has no end", () => {
    expect(() => read("/dev/zero")).toThrow(
      `${op}: expected a file at "/dev/zero", got no plain file${from}`,
    );
  });

  test.each([undefined, null, 5, {}, [1, 2], new ArrayBuffer(4)])("%s", (source) => {
    expect(() => read(source as never)).toThrow(TypeError);
    expect(() => read(source as never)).toThrow(`${op}: expected a path or bytes, got `);
  });
});

// For readCsv an empty file is a table of nothing.
test.each(Object.entries(READERS).filter(([op]) => op !== "readCsv"))(
  "%s() refuses an empty file",
  (_, read) => {
    const path = join(folder, "empty");
    writeFileSync(path, "");
    expect(() => read(path)).toThrow(SyntaxError);
    expect(() => read(path)).toThrow(/^\w+: expected .*, got .* \(.*empty, byte 0\)$/s);
  },
);

describe("a gzipped file", () => {
  const bytes = data.writeIdx(tensor([1, 2, 3]));

  test("may come in several parts, and with zeros behind", () => {
    const parts = joined(gzipSync(bytes.slice(0, 9)), gzipSync(bytes.slice(9)), new Uint8Array(99));
    expect(data.readIdx(parts).toArray()).toEqual([1, 2, 3]);
  });

  test("is refused with something else behind, or cut", () => {
    for (const spoiled of [joined(gzipSync(bytes), ascii("more")), gzipSync(bytes).subarray(0, -1)]) {
      expect(() => data.readIdx(spoiled)).toThrow(
        /^readIdx: expected sound gzip, got .* \(\d+ bytes, byte 0\)$/,
      );
    }
  });

  test("is told from a file that only begins like one", () => {
    const file = safetensors("{}".padEnd(0x8b1f)); // the length of the header, little-endian, is gzip's mark
    expect([...file.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    expect(io.loadSafetensors(file)).toEqual({});
  });
});

describe("a writer", () => {
  test("puts a file in its place whole, so that the old one is never half overwritten", () => {
    const [path, old] = [join(folder, "x.npy"), join(folder, "old.npy")];
    data.writeNpy(tensor([1, 2, 3]), path);
    linkSync(path, old); // a second name for the old bytes
    data.writeNpy(tensor([4]), path);
    expect([data.readNpy(path).toArray(), data.readNpy(old).toArray()]).toEqual([[4], [1, 2, 3]]); // prettier-ignore
  });

  test("leaves the old file, and nothing beside it, where it cannot write", () => {
    const place = join(folder, "taken");
    mkdirSync(join(place, "x.wav"), { recursive: true });
    expect(() => data.writeWav({ samples: zeros(1, 4), sampleRate: 8 }, join(place, "x.wav"))).toThrow();
    expect(readdirSync(place)).toEqual(["x.wav"]);
  });

  test("makes missing folders, and writes through a link", () => {
    const path = join(folder, "a", "b", "x.idx");
    const bytes = data.writeIdx(tensor([1]), path);
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
    const link = join(folder, "link.idx");
    symlinkSync(path, link);
    data.writeIdx(tensor([2]), link);
    expect(data.readIdx(path).toArray()).toEqual([2]);
  });
});

describe("writers and readers give back tensors at the edge:", () => {
  const shapes = [[], [0], [1], [0, 3], [3, 0, 2], [1, 1, 1, 1, 1, 1]];
  test.each(shapes.map((shape) => [shape.join(" × ") || "a number", shape]))("%s", (_, shape) => {
    const x = zeros(shape as number[]).add(1.5);
    const all: [string, Tensor][] = [
      ["idx", data.readIdx(data.writeIdx(x))],
      ["npy", data.readNpy(data.writeNpy(x))],
      ["npz", data.readNpz(data.writeNpz({ x })).x],
      ["safetensors", io.loadSafetensors(io.saveSafetensors({ x })).x],
    ];
    for (const [format, back] of all) expect([back.shape, back.data], format).toEqual([x.shape, x.data]);
  });

  test("no tensors at all, no rows, no games", () => {
    expect(data.readNpz(data.writeNpz({}))).toEqual({});
    expect(io.loadSafetensors(io.saveSafetensors({}))).toEqual({});
    expect(data.readCsv(data.writeCsv({ columns: [], rows: [] }))).toEqual({ columns: [], rows: [] });
    expect(data.readWav(data.writeWav({ samples: zeros(2, 0), sampleRate: 1 })).samples.shape).toEqual([
      2, 0,
    ]);
    expect(data.readWav(wav).samples.shape).toEqual([2, 2]);
  });
});

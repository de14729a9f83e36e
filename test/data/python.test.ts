import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { data, io, tensor } from "kernel-lib";
import { afterAll, expect, test } from "vitest";
import { findPython } from "../../kernel-lib/commands/steps/python.mjs";
import { Missing } from "../../kernel-lib/commands/steps/say.mjs";
import { needs } from "../support/needs";

// What our writers write, read with what Python brings along: nothing of ours, and nothing to install.

const folder = mkdtempSync(join(tmpdir(), "python-reads-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a Python program prints, as JSON; `path` is the file it reads. */
function python(program: string, bytes: Uint8Array): unknown {
  const found = findPython();
  if (found instanceof Missing) throw new Error(found.message);
  const path = join(folder, "file");
  writeFileSync(path, bytes);
  const [command, ...args] = found.command ?? ["uv", "run", "--no-project", "python"];
  const { stdout, stderr } = spawnSync(command, [...args, "-c", `import json\npath = ${JSON.stringify(path)}\n${program}`], { encoding: "utf8" }); // prettier-ignore
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

needs("python")("Python reads", () => {
  test.each([8, 16, 24, 32])("sound of %i bits", (bits) => {
    const bytes = data.writeWav({ samples: tensor([[0, 0.5], [-1, -0.25]]), sampleRate: 22050 }, undefined, { bits }); // prettier-ignore
    const program = `
import wave
with wave.open(path) as sound:
    size, frames = sound.getsampwidth(), sound.readframes(99)
    values = [int.from_bytes(frames[i:i + size], "little", signed=size > 1) for i in range(0, len(frames), size)]
    print(json.dumps([sound.getnchannels(), size, sound.getframerate(), values]))`;
    const [half, silence] = [2 ** (bits - 1), bits === 8 ? 128 : 0];
    const values = [0, -half, half / 2, -half / 4].map((value) => value + silence);
    expect(python(program, bytes)).toEqual([2, bits / 8, 22050, values]);
  });

  test("an archive of arrays", () => {
    const bytes = data.writeNpz({ a: tensor([1, 2]), "層/b": tensor([[3]], { dtype: "int32" }) });
    const program = `
import ast, struct, zipfile
with zipfile.ZipFile(path) as archive:
    assert archive.testzip() is None
    out = {}
    for name in archive.namelist():
        array = archive.read(name)
        length = struct.unpack("<H", array[8:10])[0]
        header = ast.literal_eval(array[10:10 + length].decode())
        values = struct.unpack("<" + header["descr"][1] * ((len(array) - 10 - length) // 4), array[10 + length:])
        out[name] = [header["descr"], (10 + length) % 64, header["fortran_order"], header["shape"], values]
    print(json.dumps(out))`;
    expect(python(program, bytes)).toEqual({
      "a.npy": ["<f4", 0, false, [2], [1, 2]],
      "層/b.npy": ["<i4", 0, false, [1, 1], [3]],
    });
  });

  test("a table", () => {
    const rows = [["1", 'say "no"'], ["面, egg", "two\nlines"], ["", ""]]; // prettier-ignore
    const program = `import csv\nprint(json.dumps(list(csv.reader(open(path, encoding="utf-8", newline="")))))`;
    expect(python(program, data.writeCsv({ columns: ["a", "b,c"], rows }))).toEqual([["a", "b,c"], ...rows]);
  });

  test("a picture, chunk by chunk", () => {
    const program = `
import struct, zlib
data = open(path, "rb").read()
at, chunks = 8, []
while at < len(data):
    length, kind = struct.unpack(">I4s", data[at:at + 8])
    body = data[at + 8:at + 8 + length]
    assert struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + body)
    chunks.append((kind, body))
    at += 12 + length
pixels = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
print(json.dumps([[kind.decode() for kind, _ in chunks], struct.unpack(">IIBBBBB", chunks[0][1]), list(pixels)[1:]]))`;
    const bytes = data.writePng(tensor([[[7]], [[8]], [[9]]], { dtype: "uint8" }));
    expect(python(program, bytes)).toEqual([["IHDR", "IDAT", "IEND"], [1, 1, 8, 2, 0, 0, 0], [7, 8, 9]]); // prettier-ignore
  });

  test("weights", () => {
    const program = `
import struct
data = open(path, "rb").read()
length = struct.unpack("<Q", data[:8])[0]
header, values = json.loads(data[8:8 + length]), data[8 + length:]
print(json.dumps({name: [each["dtype"], each["shape"], list(values[slice(*each["data_offsets"])])] for name, each in header.items()}))`;
    const bytes = io.saveSafetensors({ w: tensor([[1], [2]], { dtype: "int32" }), b: tensor([true, false]) });
    expect(python(program, bytes)).toEqual({
      w: ["I32", [2, 1], [1, 0, 0, 0, 2, 0, 0, 0]],
      b: ["BOOL", [2], [1, 0]],
    });
  });
});

import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { charactersFromUnits, unitsFromCharacters } from "../../kernel-lib/src/jupyter/cursor.js";
import { FrameReader, frame } from "../../kernel-lib/src/jupyter/pipe.js";
import { readConnection } from "../../kernel-lib/src/jupyter/sockets.js";
import { Wire, WireError } from "../../kernel-lib/src/jupyter/wire.js";

const wire = () => new Wire("secret");
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** A message as another program would write it. */
function signed(parts: string[], key = "secret", route = ["somebody"]): Buffer[] {
  const signature = createHmac("sha256", key).update(parts.join("")).digest("hex");
  return [...route, "<IDS|MSG>", signature, ...parts].map((part) => Buffer.from(part));
}
const parts = ['{"msg_id":"1","msg_type":"kernel_info_request"}', "{}", "{}", '{"a":"é"}'];

test("reads a message that another program has signed", () => {
  const message = wire().decode([...signed(parts, "secret", ["a", "b"]), Buffer.from([1, 2])]);
  expect(message.identities.map(text)).toEqual(["a", "b"]);
  expect(message.header.msg_id).toBe("1");
  expect(message.content).toEqual({ a: "é" });
  expect([...message.buffers[0]]).toEqual([1, 2]);
});

test("writes what another program can check", () => {
  const parent = wire().decode(signed(parts)).header;
  const frames = wire().encode({ type: "stream", content: { text: "é" }, parent, identities: [Buffer.from("topic")], buffers: [Buffer.from("x")] }); // prettier-ignore
  const [topic, delimiter, signature, ...rest] = frames.map(text);
  expect([topic, delimiter, rest.at(-1)]).toEqual(["topic", "<IDS|MSG>", "x"]);
  expect(signature).toBe(createHmac("sha256", "secret").update(rest.slice(0, 4).join("")).digest("hex"));
  expect(JSON.parse(rest[0])).toMatchObject({ msg_type: "stream", version: "5.4", username: "kernel" });
  expect(JSON.parse(rest[1]).msg_id).toBe("1");
});

test.each([
  ["no delimiter", signed(parts).slice(2), "expected the delimiter <IDS|MSG> among the frames, got none"],
  [
    "too few parts",
    signed(parts).slice(0, 5),
    "expected header, parent, metadata and content, got 2 of them",
  ],
  ["another key", signed(parts, "wrong"), "expected a signature made with the connection's key"],
  ["a short signature", signed(parts).map((part, i) => (i === 2 ? Buffer.from("a") : part)), "expected a signature made with the connection's key"], // prettier-ignore
  ["no JSON", signed(["{", "{}", "{}", "{}"]), "expected JSON: "],
  ["no header", signed(["{}", "{}", "{}", "{}"]), "expected a header with msg_id and msg_type"],
])("refuses %s", (_, frames, message) => {
  expect(() => wire().decode(frames)).toThrow(WireError);
  expect(() => wire().decode(frames)).toThrow(message);
});

test("looks at the signature before anything is parsed", () => {
  expect(() => wire().decode(signed(["{", "{}", "{}", "{}"], "wrong"))).toThrow("expected a signature");
});

test("refuses a message that came before, and still knows it after many others", () => {
  const one = wire();
  one.decode(signed(parts));
  for (let i = 0; i < 1000; i++) one.decode(signed([`{"msg_id":"${i} ","msg_type":"x"}`, "{}", "{}", "{}"]));
  expect(() => one.decode(signed(parts))).toThrow("expected a new message, got one that came before");
});

test("without a key nothing is signed, and everything is read", () => {
  const open = new Wire("");
  expect(text(open.encode({ type: "status", content: {} })[1])).toBe("");
  expect(open.decode(signed(parts, "any")).header.msg_id).toBe("1");
});

test("a place in code is counted in characters on one side, in units on the other", () => {
  expect(unitsFromCharacters("a🙂b", 2)).toBe(3);
  expect(charactersFromUnits("a🙂b", 3)).toBe(2);
  expect(unitsFromCharacters("ab", 9)).toBe(2);
});

test("values come out of a pipe as they went in, however it cuts them", () => {
  const values = [{ kind: "a", bytes: new Uint8Array([1, 2]) }, "text é", { n: null }];
  const bytes = Buffer.concat(values.map(frame));
  for (const size of [1, 3, 7, 1000]) {
    const reader = new FrameReader();
    const got: unknown[] = [];
    for (let i = 0; i < bytes.length; i += size) got.push(...reader.push(bytes.subarray(i, i + size)));
    expect(got).toEqual(values);
  }
});

test("a connection file that asks for something else is refused", () => {
  const folder = mkdtempSync(join(tmpdir(), "connection-"));
  const file = join(folder, "connection.json");
  const read = (more: object) => {
    writeFileSync(
      file,
      JSON.stringify({ transport: "tcp", key: "k", signature_scheme: "hmac-sha256", ...more }),
    );
    return readConnection(file);
  };
  expect(read({ transport: "ipc" }).transport).toBe("ipc");
  expect(read({ key: "", signature_scheme: "none" }).key).toBe("");
  expect(() => read({ transport: "udp" })).toThrow(
    'connection file: expected transport "tcp" or "ipc", got "udp"',
  );
  expect(() => read({ signature_scheme: "hmac-md5" })).toThrow(
    'connection file: expected signature_scheme "hmac-sha256", got "hmac-md5"',
  );
  rmSync(folder, { recursive: true });
});

// A network as an ONNX file, for onnxruntime: a protocol buffer, of which only what is needed is written.
// Field numbers: onnx.proto3 of the ONNX project (IR version 8, operator set 17).

import { parameter } from "../numbers.mjs";
import { walk } from "../networks.mjs";

/** @typedef {number[] | Uint8Array} Bytes */

const text = new TextEncoder();

/** @param {number} value @returns {number[]} */
const varint = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]);

/** @param {number} number @param {number} value */
const int = (number, value) => Uint8Array.from([...varint(number << 3), ...varint(value)]);

/**
 * @param {number} number
 * @param {...(Bytes | string)} parts
 */
function field(number, ...parts) {
  const all = parts.map((part) => (typeof part === "string" ? text.encode(part) : part));
  const length = all.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([varint(number << 3 | 2), varint(length), ...all].map((part) => Uint8Array.from(part))); // prettier-ignore
}

/** @param {string} name @param {number[]} values */
const ints = (name, values) => field(5, field(1, name), ...values.map((value) => int(8, value)), int(20, 7));
/** @param {string} name @param {number} value */
const oneInt = (name, value) => field(5, field(1, name), int(3, value), int(20, 2));

/** @param {string} name @param {number[]} shape @param {Float32Array} values */
const tensor = (name, shape, values) =>
  field(
    5,
    ...shape.map((size) => int(1, size)),
    int(2, 1),
    field(8, name),
    field(9, new Uint8Array(values.buffer)),
  );

/** @param {number} number @param {string} name @param {number[]} shape */
const value = (number, name, shape) =>
  field(
    number,
    field(1, name),
    field(2, field(1, int(1, 1), field(2, ...shape.map((size) => field(1, int(1, size)))))),
  );

/**
 * @param {import("../networks.mjs").Network} network
 * @returns {Uint8Array} a file with input "x" and output "y"
 */
export function onnxModel(network) {
  const steps = walk(network);
  /** @type {Uint8Array[]} */
  const nodes = [];
  /** @type {Uint8Array[]} */
  const weights = [];
  let place = 0;
  let name = "x";
  steps.forEach(({ layer, args, options, parameters, from }, i) => {
    const inputs = parameters.map((shape, which) => {
      weights.push(tensor(`p${place}`, shape, parameter(shape, which === 1, place)));
      return `p${place++}`;
    });
    if (layer === "BatchNorm2d") {
      weights.push(tensor(`mean${i}`, [from[0]], new Float32Array(from[0])));
      weights.push(tensor(`variance${i}`, [from[0]], new Float32Array(from[0]).fill(1)));
      inputs.push(`mean${i}`, `variance${i}`);
    }
    const { padding = 0, stride = 1 } = options;
    const square = [args[0], args[0]];
    const [operator, ...attributes] = /** @type {Record<string, () => [string, ...Uint8Array[]]>} */ ({
      Conv2d: () => ["Conv", ints("pads", Array(4).fill(padding)), ints("strides", [stride, stride])],
      MaxPool2d: () => ["MaxPool", ints("kernel_shape", square), ints("strides", square)],
      BatchNorm2d: () => ["BatchNormalization"],
      Linear: () => ["Gemm", oneInt("transB", 1)],
      Flatten: () => ["Flatten"],
      ReLU: () => ["Relu"],
    })[layer]();
    const out = i === steps.length - 1 ? "y" : `h${i}`;
    const ends = [...[name, ...inputs].map((each) => field(1, each)), field(2, out)];
    nodes.push(field(1, ...ends, field(4, operator), ...attributes));
    name = out;
  });
  const last = /** @type {number[]} */ (steps.at(-1)?.shape);
  const { batch, input } = network;
  const ends = [value(11, "x", [batch, ...input]), value(12, "y", [batch, ...last])];
  const graph = field(7, ...nodes, field(2, "network"), ...weights, ...ends);
  return Buffer.concat([int(1, 8), graph, field(8, int(2, 17))]);
}

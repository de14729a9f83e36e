import { readFileSync } from "node:fs";
import * as kernelLib from "kernel-lib";
import type { Tensor } from "kernel-lib";

/** A tensor in a file of cases: the values' bytes, little-endian, row by row. */
export interface StoredTensor {
  dtype: "float64" | "float32" | "int32" | "uint8" | "bool";
  shape: number[];
  base64: string;
}

/** One call, and what PyTorch answered. cases.py writes them. */
export interface Case {
  /** Where kernel-lib exports it; "Tensor.…" for a method, which then takes the first argument as its own tensor. */
  op: string;
  /** What cases.py calls the case: its op, the variant if there are several, and a number. */
  number: string;
  dtype: "float64" | "float32";
  /** `{ $: 0 }` stands for the first of the inputs, `{ $: null }` for undefined. */
  args: unknown[];
  inputs: (StoredTensor & { grad?: StoredTensor; after?: StoredTensor })[];
  out?: StoredTensor;
  gradOut?: StoredTensor;
}

export interface CaseFile {
  torch: string;
  seed: number;
  cases: Case[];
}

/** A file that cases.py wrote: a line about the file, then a case a line. */
export function readCases(path: string | URL): CaseFile {
  const [heading, ...cases] = readFileSync(path, "utf8").trimEnd().split("\n");
  return { ...JSON.parse(heading), cases: cases.map((line) => JSON.parse(line)) };
}

/** What max|ours − torch| / max(1, max|torch|) may be, for each tensor. */
const bound = { float64: 1e-10, float32: 1e-5 };

/** What kernel-lib exports at a dotted name: a function, a method, a class, or undefined. */
export function exported(op: string): unknown {
  const names = op.startsWith("Tensor.")
    ? ["Tensor", "prototype", op.slice("Tensor.".length)]
    : op.split(".");
  return names.reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], kernelLib);
}

/**
 * Compute a case with the backend in use.
 * @returns one sentence for each tensor that is not what PyTorch says; none if all agree
 */
export function disagreements(test: Case): string[] {
  const inputs = test.inputs.map((input) => decode(input, input.grad !== undefined));
  const args = test.args.map((arg) => decodeArgument(arg, inputs));
  const found: string[] = [];
  const compare = (what: string, ours: Tensor | null, torch: StoredTensor): void => {
    const complaint = difference(ours, torch);
    if (complaint) found.push(`${what}: ${complaint}`);
  };

  if (test.op.startsWith("optim.")) {
    if (test.out) compare("rates", ratesOf(exported(test.op) as ScheduleClass, args as Rates), test.out);
    else takeSteps(exported(test.op) as OptimizerClass, args as Steps);
  } else {
    const out = test.op.startsWith("nn.") ? layerOf(test, args, inputs) : call(test.op, args);
    if (test.out) compare("result", out, test.out);
    if (test.gradOut) out.backward(decode(test.gradOut));
  }
  test.inputs.forEach((input, at) => {
    if (input.grad) compare(`gradient of input ${at}`, inputs[at].grad, input.grad);
    if (input.after) compare(`input ${at} afterwards`, inputs[at], input.after);
  });
  return found;
}

/** One line that says what a case calls, for the name of its test. */
export function title(test: Case): string {
  const show = (arg: unknown): string => {
    if (Array.isArray(arg)) return `[${arg.map(show).join(", ")}]`;
    if (typeof arg !== "object" || arg === null) return String(arg);
    if (!("$" in arg)) return `{ ${Object.entries(arg).map(([key, value]) => `${key}: ${show(value)}`).join(", ")} }`; // prettier-ignore
    return arg.$ === null ? "undefined" : `(${test.inputs[arg.$ as number].shape.join(", ")})`;
  };
  const told = test.op.startsWith("optim.") ? test.args.slice(0, 2) : test.args; // not the gradients of each step
  return `${test.number}, ${test.dtype}: ${told.map(show).join(", ")}`;
}

function call(op: string, args: unknown[]): Tensor {
  const run = exported(op) as (...args: unknown[]) => Tensor;
  return op.startsWith("Tensor.") ? run.apply(args[0], args.slice(1)) : run(...args);
}

type LayerClass = new (...args: unknown[]) => kernelLib.nn.Module;
type LayerArguments = [own: unknown[], state: Record<string, Tensor>, x: Tensor, training: boolean];

/** A layer with the weights of the case, run once; its own tensors take the places of those they were copied from. */
function layerOf(test: Case, args: unknown[], inputs: Tensor[]): Tensor {
  const [own, state, x, training] = args as LayerArguments;
  const [options] = own.slice(-1) as object[];
  const layer = new (exported(test.op) as LayerClass)(...own.slice(0, -1), { ...options, dtype: test.dtype });
  layer.loadStateDict(state);
  for (const [path, tensor] of [...layer.namedParameters(), ...layer.namedBuffers()]) {
    inputs[inputs.indexOf(state[path])] = tensor;
  }
  return new kernelLib.nn.Sequential(layer).train(training).forward(x); // where a backend may take it into a chain
}

type OptimizerClass = new (parameters: Tensor[], options: object) => { step(): void };
type Steps = [parameters: Tensor[], options: object, gradients: (Tensor | null)[][]];

function takeSteps(Optimizer: OptimizerClass, [parameters, options, gradients]: Steps): void {
  for (const parameter of parameters) parameter.requiresGrad_();
  const optimizer = new Optimizer(parameters, options);
  for (const step of gradients) {
    parameters.forEach((parameter, at) => (parameter.grad = step[at]));
    optimizer.step();
  }
}

type ScheduleClass = new (optimizer: kernelLib.optim.SGD, ...args: unknown[]) => { step(): void };
type Rates = [lr: number, args: unknown[], steps: number, momentum: number];

/** Learning rate and momentum at the start and after each of the steps, one row each. */
function ratesOf(Schedule: ScheduleClass, [lr, args, steps, momentum]: Rates): Tensor {
  const optimizer = new kernelLib.optim.SGD([kernelLib.zeros(1, { requiresGrad: true })], {
    lr,
    momentum,
  });
  const schedule = new Schedule(optimizer, ...args);
  const rows = Array.from({ length: steps + 1 }, (_, row) => {
    if (row > 0) schedule.step();
    return [optimizer.lr, optimizer.momentum];
  });
  return kernelLib.tensor(rows, { dtype: "float64" });
}

const arrays = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

function values(stored: StoredTensor): Float64Array | Float32Array | Int32Array | Uint8Array {
  const bytes = Uint8Array.from(Buffer.from(stored.base64, "base64")); // a copy, so that it begins at offset 0
  return new arrays[stored.dtype](bytes.buffer);
}

function decode(stored: StoredTensor, requiresGrad = false): Tensor {
  const flat = kernelLib.tensor(values(stored), { dtype: stored.dtype });
  return flat.reshape(...stored.shape).requiresGrad_(requiresGrad);
}

function decodeArgument(arg: unknown, inputs: Tensor[]): unknown {
  if (Array.isArray(arg)) return arg.map((inner) => decodeArgument(inner, inputs));
  if (typeof arg !== "object" || arg === null) return arg;
  if ("$" in arg) return arg.$ === null ? undefined : inputs[arg.$ as number];
  return Object.fromEntries(Object.entries(arg).map(([key, inner]) => [key, decodeArgument(inner, inputs)]));
}

/** How `ours` differs from PyTorch's tensor, or undefined if it does not. */
function difference(ours: Tensor | null, torch: StoredTensor): string | undefined {
  if (ours === null) return "there is none";
  if (String(ours.shape) !== String(torch.shape)) return `shape (${ours.shape}) instead of (${torch.shape})`;
  if (ours.dtype !== torch.dtype) return `dtype ${ours.dtype} instead of ${torch.dtype}`;
  const wanted = values(torch);
  const got = ours.data;
  let scale = 1;
  for (const value of wanted) if (Number.isFinite(value)) scale = Math.max(scale, Math.abs(value));
  const allowed = torch.dtype === "float64" || torch.dtype === "float32" ? bound[torch.dtype] : 0;
  let worst = -1;
  let error = allowed;
  for (let i = 0; i < wanted.length; i++) {
    const off = Object.is(got[i], wanted[i]) ? 0 : Math.abs(got[i] - wanted[i]) / scale;
    if (off <= error) continue; // not a number: neither more nor less, and so always reported
    worst = i;
    error = off;
    if (Number.isNaN(off)) break;
  }
  if (worst < 0) return undefined;
  return `error ${error} is above ${allowed}; value ${worst} is ${got[worst]} instead of ${wanted[worst]}`;
}

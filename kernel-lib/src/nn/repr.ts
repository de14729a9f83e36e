/*
 * Values as Python prints them, for modules that print themselves as PyTorch's do.
 */

/** A pair with parentheses, a number without. */
export function pythonSize(size: number | readonly (number | null)[]): string {
  return typeof size === "number" ? String(size) : tuple(size);
}

/** `(3,)`, `(3, 2)`, `(None, 2)`. */
export function tuple(values: readonly (number | null)[]): string {
  return `(${values.map((value) => value ?? "None").join(", ")}${values.length === 1 ? "," : ""})`;
}

/** A float: 1e-05 where JavaScript writes 0.00001, and 2.0 where it writes 2. */
export function pythonFloat(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential().replace(/e-(\d)$/, "e-0$1");
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** True or False. */
export function pythonBool(value: unknown): string {
  return value ? "True" : "False";
}

/** What a convolution prints of itself. */
export interface ConvolutionFacts {
  inChannels: number;
  outChannels: number;
  kernelSize: readonly number[];
  stride?: number | readonly number[];
  padding?: number | readonly number[] | string;
  dilation?: number | readonly number[];
  outputPadding?: number | readonly number[];
  groups?: number;
  bias: unknown;
  paddingMode?: string;
}

/** PyTorch's order: channels, kernel and stride always, the rest where it is not the default. */
export function convolutionRepr(facts: ConvolutionFacts): string {
  const { kernelSize, stride = 1, padding = 0, dilation = 1, outputPadding = 0, groups = 1 } = facts;
  const all = (value: number | readonly number[]): readonly number[] =>
    typeof value === "number" ? kernelSize.map(() => value) : value;
  const parts = [
    `${facts.inChannels}, ${facts.outChannels}, kernel_size=${tuple(kernelSize)}, stride=${tuple(all(stride))}`,
  ];
  if (typeof padding === "string") parts.push(`padding=${padding}`);
  else if (all(padding).some((size) => size !== 0)) parts.push(`padding=${tuple(all(padding))}`);
  if (all(dilation).some((size) => size !== 1)) parts.push(`dilation=${tuple(all(dilation))}`);
  if (all(outputPadding).some((size) => size !== 0))
    parts.push(`output_padding=${tuple(all(outputPadding))}`);
  if (groups !== 1) parts.push(`groups=${groups}`);
  if (!facts.bias) parts.push("bias=False");
  if (facts.paddingMode && facts.paddingMode !== "zeros") parts.push(`padding_mode=${facts.paddingMode}`);
  return parts.join(", ");
}

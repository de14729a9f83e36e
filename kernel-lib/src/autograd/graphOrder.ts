import type { Tensor } from "../tensor/tensor.js";

/** `root` and everything it was computed from that wants a gradient, each after what it was computed from itself. */
export function inputsFirst(root: Tensor): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>([root]);
  const stack: { tensor: Tensor; next: number }[] = [{ tensor: root, next: 0 }]; // no recursion: graphs run deep
  while (stack.length > 0) {
    const frame = stack[stack.length - 1];
    const inputs = frame.tensor.node?.inputs ?? [];
    if (frame.next === inputs.length) {
      order.push(frame.tensor);
      stack.pop();
      continue;
    }
    const input = inputs[frame.next++];
    if (input?.requiresGrad && !seen.has(input)) {
      seen.add(input);
      stack.push({ tensor: input, next: 0 });
    }
  }
  return order;
}

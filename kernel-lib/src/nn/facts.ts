import { Tensor } from "../tensor/tensor.js";
import { fieldsOf } from "./links.js";
import { Module } from "./module.js";

/*
 * What links are made of: which layers there are, and what stands in those of their fields that are looked at. Anything
 * may change between two passes, so all of it is compared each time.
 */

/** All of it, one after the other. Only tensors count as themselves, for what is in them comes with each pass. */
export function factsOf(layers: readonly Module[]): readonly unknown[] {
  const facts: unknown[] = [];
  note(layers, facts);
  return facts;
}

export function alike(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

function note(value: unknown, facts: unknown[]): void {
  facts.push(value);
  if (typeof value !== "object" || value === null || value instanceof Tensor) return;
  if (value instanceof Module) {
    facts.push(value.forward);
    for (const field of fieldsOf(value)) note(value[field as keyof Module], facts);
  } else if (Array.isArray(value)) {
    facts.push(value.length);
    for (const each of value) note(each, facts);
  } else {
    for (const name in value) {
      facts.push(name);
      note(value[name as keyof typeof value], facts);
    }
  }
}

import { DataLoader } from "../data/dataLoader.js";
import type { Module } from "../nn/module.js";
import { defaultGenerator, Generator, type GeneratorState } from "../tensor/generator.js";
import { rangeError } from "../tensor/errors.js";
import type { Batches } from "./batches.js";

/** The generator that a loader draws its order from; `null` if it has none. */
export function orderGenerator(loader: Batches): Generator | null {
  if (!(loader instanceof DataLoader) || !loader.options.shuffle) return null;
  return loader.options.generator ?? defaultGenerator;
}

/**
 * Every source of chance that training draws from: the default generator, the loader's, and those of modules (dropout).
 * Always in the same order for the same model and loader.
 */
export function generatorsOf(model: Module, loader: Batches = []): Generator[] {
  const ofModules = (module: Module): Generator[] => [
    ...Object.values(module).filter((value): value is Generator => value instanceof Generator),
    ...module.children().flatMap(ofModules),
  ];
  const order = orderGenerator(loader);
  return [...new Set([defaultGenerator, ...(order ? [order] : []), ...ofModules(model)])];
}

/** Put generators back to where they stood. */
export function restoreGenerators(generators: readonly Generator[], states: readonly GeneratorState[]): void {
  if (generators.length !== states.length) {
    throw rangeError(
      "train.fit",
      `a checkpoint with ${generators.length} random generators, as the model and the loader have`,
      String(states.length),
      "go on with the model and the loader that it was saved from",
    );
  }
  generators.forEach((generator, i) => generator.setState(states[i]));
}

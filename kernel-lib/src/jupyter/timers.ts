/** Which timers a cell has set: when an asynchronous cell is interrupted, they are what would let it go on. */

type Timer = NodeJS.Timeout | NodeJS.Immediate;

/**
 * Replace the global functions that set timers by ones that remember them.
 * @param owner whoever sets timers now
 * @returns a function that clears all timers of an owner
 */
export function rememberTimers<Owner extends object>(owner: () => Owner | undefined): (owner: Owner) => void {
  const timers = new WeakMap<Owner, Set<Timer>>();
  const remember = (name: "setTimeout" | "setInterval" | "setImmediate"): void => {
    const original = globalThis[name] as (callback: unknown, ...rest: unknown[]) => Timer;
    const wrapped = (callback: unknown, ...rest: unknown[]): Timer => {
      const setBy = owner();
      if (!setBy || typeof callback !== "function") return original(callback, ...rest);
      const own = timers.get(setBy) ?? new Set();
      timers.set(setBy, own);
      const once = function (this: unknown, ...args: unknown[]): unknown {
        own.delete(timer);
        return callback.apply(this, args);
      };
      const timer = original(name === "setInterval" ? callback : once, ...rest);
      own.add(timer);
      return timer;
    };
    // What belongs to the function, such as its form for util.promisify.
    Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
    globalThis[name] = wrapped as never;
  };
  remember("setTimeout");
  remember("setInterval");
  remember("setImmediate");
  return (of) => {
    for (const timer of timers.get(of) ?? []) {
      clearTimeout(timer as NodeJS.Timeout);
      clearImmediate(timer as NodeJS.Immediate);
    }
    timers.delete(of);
  };
}

import type { WasmMemory, WebAssemblyInterface } from "../webassembly.js";
import type { AWAKE_MS, CELL, PARTS_MASK, STOP } from "./control.js";

/** What a worker is given when it begins. */
export interface Order {
  readonly memory: WasmMemory;
  readonly control: Int32Array;
  readonly constants: {
    readonly CELL: typeof CELL;
    readonly PARTS_MASK: typeof PARTS_MASK;
    readonly STOP: typeof STOP;
    readonly AWAKE_MS: typeof AWAKE_MS;
  };
}

/**
 * What a worker does: take parts of jobs until it is sent home. A worker is started from the text of this function, so
 * that it is the same in Node, in a browser and in a bundle; that is why nothing outside it is named here.
 */
export function serve({ memory, control, constants }: Order, wasm: WebAssemblyInterface): void {
  const { CELL, PARTS_MASK, STOP, AWAKE_MS } = constants;
  const KEPT = 64;
  type Exported = (base: number, first: number, end: number, part: number) => void;
  const codes = new Map<number, readonly Exported[]>();
  const read = (cell: number): number => Atomics.load(control, cell);

  const nextTicket = (): number => {
    for (;;) {
      let ticket: number;
      const end = performance.now() + AWAKE_MS;
      do {
        for (let i = 0; i < 64; i++) {
          ticket = read(CELL.ticket);
          if ((ticket & PARTS_MASK) > 0) return ticket;
        }
      } while (performance.now() < end);
      Atomics.add(control, CELL.asleep, 1);
      Atomics.wait(control, CELL.ticket, ticket!);
      Atomics.sub(control, CELL.asleep, 1);
    }
  };

  /** The routines of the job's module; `undefined` if the job was over before its bytes were read. */
  const routinesFor = (ticket: number): readonly Exported[] | undefined => {
    const id = read(CELL.code);
    const known = codes.get(id);
    if (known) return known;
    const [from, length] = [read(CELL.bytes), read(CELL.length)];
    if (from + length > memory.buffer.byteLength) memory.grow(0); // takes notice of what another thread has added
    if (from + length > memory.buffer.byteLength) return undefined;
    const bytes = new Uint8Array(memory.buffer, from, length).slice();
    const now = read(CELL.ticket);
    if ((now & PARTS_MASK) === 0 || (now | PARTS_MASK) !== (ticket | PARTS_MASK)) return undefined;
    const instance = new wasm.Instance(new wasm.Module(bytes), { env: { memory } });
    const routines = Object.values(instance.exports) as Exported[];
    if (codes.size >= KEPT) codes.delete(codes.keys().next().value!);
    codes.set(id, routines);
    return routines;
  };

  Atomics.add(control, CELL.ready, 1);
  for (;;) {
    const ticket = nextTicket();
    if (ticket === STOP) return;
    const routines = routinesFor(ticket);
    if (!routines) continue;
    const [routine, base, units, parts] = [CELL.routine, CELL.base, CELL.units, CELL.parts].map(read);
    if (Atomics.compareExchange(control, CELL.ticket, ticket, ticket - 1) !== ticket) continue;
    const part = (ticket & PARTS_MASK) - 1;
    try {
      routines[routine](
        base,
        Math.floor((part * units) / parts),
        Math.floor(((part + 1) * units) / parts),
        part,
      );
    } catch {
      Atomics.store(control, CELL.failed, 1);
    }
    if (Atomics.add(control, CELL.done, 1) + 1 === parts) Atomics.notify(control, CELL.done);
  }
}

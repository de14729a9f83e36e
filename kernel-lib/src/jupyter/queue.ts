/** Cells in the order in which they came: one runs, the others wait, and a failure can send them away. */

/** What waits: a cell, or something small that needs no turn of its own (a comm's message). */
export type Waiting<Cell, Small> = { cell: Cell } | { small: Small };

export class CellQueue<Cell, Small> {
  #waiting: Waiting<Cell, Small>[] = [];
  #running: Cell | undefined;
  readonly #start: (item: Waiting<Cell, Small>) => void;

  /** @param start is called when it is an item's turn */
  constructor(start: (item: Waiting<Cell, Small>) => void) {
    this.#start = start;
  }

  /** The cell that runs. */
  get running(): Cell | undefined {
    return this.#running;
  }

  add(item: Waiting<Cell, Small>): void {
    this.#waiting.push(item);
    this.#next();
  }

  /** The running cell is over. */
  done(): void {
    this.#running = undefined;
    this.#next();
  }

  /** Take away every cell that waits; messages to comms stay. */
  abort(): Cell[] {
    const cells = this.#waiting.flatMap((item) => ("cell" in item ? [item.cell] : []));
    this.#waiting = this.#waiting.filter((item) => "small" in item);
    return cells;
  }

  /** A small item waits for the cells that came before it to begin, and runs beside them. */
  #next(): void {
    let started = 0;
    for (const item of this.#waiting) {
      if ("cell" in item && this.#running !== undefined) break;
      if ("cell" in item) this.#running = item.cell;
      started++;
      this.#start(item);
    }
    this.#waiting.splice(0, started);
  }
}

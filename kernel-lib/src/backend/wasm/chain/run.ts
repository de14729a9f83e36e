import type { Chain, ChainPass, ChainRequest, LinkParameters } from "../../backend.js";
import { numelOf } from "../../../tensor/shape.js";
import { Tensor } from "../../../tensor/tensor.js";
import type { Arena } from "../memory.js";
import type { Program } from "./compile.js";
import { Performer } from "./performer.js";
import type { Block } from "./stage.js";

/** Passes under way at a time whose blocks are kept; the block of an older one is copied out to make room. */
const IN_FLIGHT = 4;

/** A compiled chain on an arena. */
export class ChainRunner {
  readonly performer: Performer;
  /** Blocks that no pass owns. Their borders are zero, and no routine writes there. */
  readonly #idle: number[] = [];
  readonly #inFlight = new Set<Pass>();
  #closed = false;

  constructor(
    readonly arena: Arena,
    readonly program: Program,
    readonly request: ChainRequest,
  ) {
    this.performer = new Performer(arena, [...program.forward, ...program.backward], program.parts);
  }

  readonly run: Chain = (x, parameters) => new Pass(this, x, parameters);

  takeBlock(pass: Pass): number {
    if (this.#inFlight.size >= IN_FLIGHT) [...this.#inFlight][0].moveOut();
    const base = this.#idle.pop() ?? this.#newBlock();
    if (this.request.record) this.#inFlight.add(pass);
    return base;
  }

  giveBack(pass: Pass, base: number): void {
    this.#inFlight.delete(pass);
    if (this.#closed) this.arena.release(base, this.program.size);
    else this.#idle.push(base);
  }

  /** Give back the memory, now and as soon as a pass that is under way ends. */
  close(): void {
    this.#closed = true;
    this.performer.close();
    for (const pass of this.#inFlight) pass.moveOut();
    for (const base of this.#idle.splice(0)) this.arena.release(base, this.program.size);
  }

  #newBlock(): number {
    const base = this.arena.allocate(this.program.size);
    const { floats } = this.arena;
    floats.fill(0, base / 4, (base + this.program.size) / 4);
    return base;
  }
}

class Pass implements ChainPass {
  readonly out: Tensor;
  readonly statistics: ChainPass["statistics"];
  readonly #runner: ChainRunner;
  readonly #parameters: readonly LinkParameters[];
  /** Where the block lies, or what was in it. */
  #block: number | Float32Array;

  constructor(runner: ChainRunner, x: Tensor, parameters: readonly LinkParameters[]) {
    this.#runner = runner;
    this.#parameters = parameters;
    const { program, request, arena } = runner;
    const base = runner.takeBlock(this);
    this.#block = base;
    const block: Block = { floats: arena.floats, base };
    arena.floats.set(x.storage, (base + program.input) / 4);
    for (const { stage, link } of program.stages) stage.load(block, parameters[link]);
    runner.performer.perform(program.forward, block);
    const { outputShape } = program;
    this.out = new Tensor(this.#copy(base + program.output, numelOf(outputShape)), outputShape, "float32");
    const statistics: { mean: Tensor; variance: Tensor }[] = [];
    for (const { stage, link } of program.stages) {
      if (!stage.statistics) continue;
      const { mean, variance } = stage.statistics(block);
      statistics[link] = {
        mean: new Tensor(mean, [mean.length], "float32"),
        variance: new Tensor(variance, [variance.length], "float32"),
      };
    }
    this.statistics = statistics;
    if (!request.record) runner.giveBack(this, base);
  }

  backward(gradOut: Tensor): ReturnType<ChainPass["backward"]> {
    const { program, request, arena } = this.#runner;
    const base = this.#comeBack();
    const block: Block = { floats: arena.floats, base };
    arena.floats.set(gradOut.storage, (base + program.gradOutput) / 4);
    this.#runner.performer.perform(program.backward, block);
    const links: { weight?: Tensor; bias?: Tensor }[] = this.#parameters.map(() => ({}));
    for (const { stage, link } of program.stages) {
      if (!request.learns[link]) continue;
      const given = this.#parameters[link];
      const { weight, bias } = stage.gradients(block, given);
      links[link] = {
        weight: weight && new Tensor(weight, given.weight!.shape, "float32"),
        bias: bias && new Tensor(bias, given.bias!.shape, "float32"),
      };
    }
    const x = request.gradX
      ? new Tensor(this.#copy(base + program.gradInput, numelOf(request.shape)), request.shape, "float32")
      : undefined;
    this.#runner.giveBack(this, base);
    return { x, links };
  }

  /** Leave the block to another pass, taking along what is in it: to memory that the garbage collector looks after. */
  moveOut(): void {
    const base = this.#block as number;
    this.#block = this.#copy(base, this.#runner.program.size / 4);
    this.#runner.giveBack(this, base);
  }

  #comeBack(): number {
    if (typeof this.#block === "number") return this.#block;
    const base = this.#runner.takeBlock(this);
    this.#runner.arena.floats.set(this.#block, base / 4);
    this.#block = base;
    return base;
  }

  #copy(at: number, count: number): Float32Array {
    return new Float32Array(this.#runner.arena.floats.subarray(at / 4, at / 4 + count));
  }
}

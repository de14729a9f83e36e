import type { ChainPass, ChainRequest, LinkParameters } from "../../backend.js";
import { versionOf } from "../../../tensor/changes.js";
import { numelOf } from "../../../tensor/shape.js";
import { Tensor } from "../../../tensor/tensor.js";
import type { CrewArena } from "../threads/crewArena.js";
import type { Program } from "./compile.js";
import { Performer } from "./performer.js";
import type { Block, Stage } from "./stage.js";

/** Passes under way at a time whose blocks are kept; the block of an older one is copied out to make room. */
const IN_FLIGHT = 4;

/** A block of the arena, and for each stage the versions of the weight and the bias that stand in it. */
interface Held {
  readonly base: number;
  loaded: { readonly weight: number; readonly bias: number }[];
}

/** One way through a chain. */
export interface Pass extends ChainPass {
  /** Leave the memory to others, if it has any: nobody will ask for the way back. */
  discard?(): void;
}

/** A compiled chain on an arena. */
export class ChainRunner {
  readonly performer: Performer;
  readonly #inFlight = new Set<PassOnBlock>();
  #closed = false;

  constructor(
    readonly arena: CrewArena,
    readonly program: Program,
    readonly request: ChainRequest,
  ) {
    const prepare = program.stages.flatMap(({ stage }) => stage.prepare ?? []);
    const actions = [...prepare, ...program.forward, ...program.backward];
    this.performer = new Performer(arena, actions, program.parts);
  }

  run(x: Tensor, parameters: readonly LinkParameters[]): Pass {
    return new PassOnBlock(this, x, parameters);
  }

  takeBlock(pass: PassOnBlock): Held {
    if (this.#inFlight.size >= IN_FLIGHT) [...this.#inFlight][0].moveOut();
    const held = (this.arena.again(this) as Held | undefined) ?? this.#newBlock();
    if (this.request.record) this.#inFlight.add(pass);
    return held;
  }

  giveBack(pass: PassOnBlock, held: Held): void {
    this.#inFlight.delete(pass);
    if (this.#closed) this.arena.release(held.base, this.program.size);
    else this.arena.keep(this, held, this.program.size); // its borders are zero, and no routine writes there
  }

  /** Give back the memory, now and as soon as a pass that is under way ends. */
  close(): void {
    this.#closed = true;
    this.performer.close();
    for (const pass of this.#inFlight) pass.moveOut();
    this.arena.forget(this);
  }

  #newBlock(): Held {
    const base = this.arena.allocate(this.program.size);
    const { floats } = this.arena;
    floats.fill(0, base / 4, (base + this.program.size) / 4);
    return { base, loaded: [] };
  }
}

class PassOnBlock implements Pass {
  readonly out: Tensor;
  readonly statistics: ChainPass["statistics"];
  readonly #runner: ChainRunner;
  readonly #parameters: readonly LinkParameters[];
  /** The block, or what was in it. */
  #block: Held | { readonly values: Float32Array; readonly loaded: Held["loaded"] };

  constructor(runner: ChainRunner, x: Tensor, parameters: readonly LinkParameters[]) {
    this.#runner = runner;
    this.#parameters = parameters;
    const { program, request, arena } = runner;
    const held = runner.takeBlock(this);
    const { base } = held;
    this.#block = held;
    const block: Block = { floats: arena.floats, base };
    arena.floats.set(x.storage, (base + program.input) / 4);
    program.stages.forEach(({ stage, link }, i) => this.#load(held, block, stage, i, parameters[link]));
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
    if (!request.record) runner.giveBack(this, held);
  }

  #load({ loaded }: Held, block: Block, stage: Stage, i: number, parameters: LinkParameters): void {
    if (!stage.prepare) return stage.load(block, parameters);
    const [weight, bias] = [parameters.weight, parameters.bias].map((x) => (x ? versionOf(x.storage) : 0));
    if (loaded[i]?.weight === weight && loaded[i].bias === bias) return;
    delete loaded[i];
    stage.load(block, parameters);
    this.#runner.performer.perform(stage.prepare, block);
    loaded[i] = { weight, bias };
  }

  backward(gradOut: Tensor): ReturnType<ChainPass["backward"]> {
    const { program, request, arena } = this.#runner;
    const held = this.#comeBack();
    const { base } = held;
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
    this.#runner.giveBack(this, held);
    return { x, links };
  }

  discard(): void {
    if (this.#runner.request.record) this.#runner.giveBack(this, this.#block as Held);
  }

  /** Leave the block to another pass, taking along what is in it: to memory that the garbage collector looks after. */
  moveOut(): void {
    const held = this.#block as Held;
    const values = this.#copy(held.base, this.#runner.program.size / 4);
    this.#block = { values, loaded: [...held.loaded] };
    this.#runner.giveBack(this, held);
  }

  #comeBack(): Held {
    if ("base" in this.#block) return this.#block;
    const held = this.#runner.takeBlock(this);
    this.#runner.arena.floats.set(this.#block.values, held.base / 4);
    held.loaded = this.#block.loaded;
    this.#block = held;
    return held;
  }

  #copy(at: number, count: number): Float32Array {
    return new Float32Array(this.#runner.arena.floats.subarray(at / 4, at / 4 + count));
  }
}

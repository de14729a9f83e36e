import { availableParallelism } from "node:os";
import type { Worker, WorkerOptions } from "node:worker_threads";
import { backend, manualSeed, nn, randn } from "kernel-lib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  add,
  constant,
  f32,
  f32Add,
  i32,
  I32,
  lessThan,
  load,
  loadF32,
  mul,
  type Value,
} from "../../kernel-lib/src/backend/wasm/assembler";
import { Arena } from "../../kernel-lib/src/backend/wasm/memory";
import { routine, type Frame } from "../../kernel-lib/src/backend/wasm/routines/routine";
import { Code } from "../../kernel-lib/src/backend/wasm/threads/code";
import { CELL } from "../../kernel-lib/src/backend/wasm/threads/control";
import { Crew } from "../../kernel-lib/src/backend/wasm/threads/crew";
import { CrewArena } from "../../kernel-lib/src/backend/wasm/threads/crewArena";
import { defaultThreads } from "../../kernel-lib/src/backend/wasm/threads/defaultThreads";
import type { Order } from "../../kernel-lib/src/backend/wasm/threads/serve";
import { expectAlike, onBoth } from "../support/backends";
import { NETS, randomStack, step } from "../support/networks";

// Every worker that is started here, until it has ended, with the numbers that it is told what to do by.
const threads = process.getBuiltinModule("node:worker_threads");
const alive = new Map<Worker, Int32Array>();
const RealWorker = threads.Worker;
beforeAll(() => {
  threads.Worker = class extends RealWorker {
    constructor(source: string, options: WorkerOptions) {
      super(source, options);
      alive.set(this, (options.workerData as Order).control);
      this.once("exit", () => alive.delete(this));
    }
  };
});
afterEach(() => backend.use("reference"));
afterAll(async () => {
  backend.setThreads(1);
  await vi.waitUntil(() => alive.size === 0, { timeout: 30_000 });
  threads.Worker = RealWorker;
});

const readyWorkers = (): number =>
  [...new Set(alive.values())].reduce((sum, control) => sum + Atomics.load(control, CELL.ready), 0);

async function nobodyLeft(): Promise<void> {
  await expect.poll(() => alive.size, { timeout: 30_000 }).toBe(0);
}

/** So many threads that compute, and all of them ready. */
async function compute(count: number): Promise<void> {
  backend.setThreads(count);
  backend.use("wasm");
  const { shape, make } = NETS[0];
  new nn.Sequential(...make()).forward(randn(shape)); // the first job starts the workers
  await expect.poll(() => [alive.size, readyWorkers()], { timeout: 30_000 }).toEqual([count - 1, count - 1]);
}

const ways = [1, 2, 3].flatMap((count) => [true, false].map((winograd) => ({ count, winograd })));

describe("wasm on several threads", () => {
  describe.each(ways)("$count, winograd $winograd", ({ count, winograd }) => {
    test.each(NETS)("computes what the reference computes: $name", async ({ shape, make }) => {
      await compute(count);
      manualSeed(1);
      const net = new nn.Sequential(...make());
      const state = net.stateDict();
      const x = randn(shape).requiresGrad_();
      const { expected } = onBoth(() => (net.loadStateDict(state), step(net, x)));
      for (let time = 0; time < 3; time++) {
        net.loadStateDict(state);
        backend.use("wasm", { winograd });
        expectAlike(step(net, x), expected, winograd ? 2e-5 : 1e-5);
      }
    });
  });

  test.each([1, 2, 3])("gives the same bits each time, with %i", async (count) => {
    await compute(count);
    for (const { shape, make } of NETS) {
      const bits = Array.from({ length: 8 }, () => {
        manualSeed(3);
        const net = new nn.Sequential(...make());
        return [...step(net, randn(shape).requiresGrad_()).values()].map(({ storage }) => storage.join());
      });
      for (const again of bits) expect(again).toEqual(bits[0]);
    }
  });

  test("finishes with another number than it began with", () => {
    manualSeed(4);
    const { shape, make } = NETS[1];
    const net = new nn.Sequential(...make());
    const state = net.stateDict();
    const x = randn(shape);
    const { expected } = onBoth(() => (net.loadStateDict(state), step(net, x)));
    for (const [first, then] of [
      [2, 3],
      [3, 1],
      [1, 2],
    ]) {
      // prettier-ignore
      net.loadStateDict(state);
      net.zeroGrad();
      backend.setThreads(first);
      const out = net.forward(x);
      const loss = out.mul(out.detach().mul(0.3).add(0.1)).sum();
      backend.setThreads(then);
      loss.backward();
      const got = new Map(net.namedParameters().map(([name, { grad }]) => [name, grad!]));
      expectAlike(got, new Map([...expected].filter(([name]) => got.has(name))));
    }
  });

  test("leaves no worker behind, however often the number changes", async () => {
    backend.use("wasm");
    const net = new nn.Sequential(...NETS[0].make());
    const x = randn(NETS[0].shape);
    for (let change = 0; change < 12; change++) {
      backend.setThreads(1 + (change % 3));
      expect(backend.features.threadsInUse).toBe(1 + (change % 3));
      step(net, x);
    }
    backend.setThreads(3);
    await compute(3);
    backend.setThreads(1);
    await nobodyLeft();
  });
});

describe("the blocks of wasm", () => {
  const GUARD = 256; // bytes on either side
  const blocks = new Map<number, { arena: Arena; bytes: number }>();
  const { allocate, release } = Arena.prototype;

  afterEach(() => vi.restoreAllMocks());

  function check(at: number): void {
    const { arena, bytes } = blocks.get(at)!;
    const memory = new Uint8Array(arena.memory.buffer);
    for (const guard of [memory.subarray(at - GUARD, at), memory.subarray(at + bytes, at + bytes + GUARD)]) {
      expect(guard.every((byte) => byte === 0xa5)).toBe(true);
    }
  }

  test.each([1, 2, 3])("are all that its routines write to, with %i threads", async (count) => {
    await compute(count);
    vi.spyOn(Arena.prototype, "allocate").mockImplementation(function (this: Arena, bytes) {
      const at = allocate.call(this, bytes + 2 * GUARD) + GUARD;
      const memory = new Uint8Array(this.memory.buffer);
      memory.fill(0xa5, at - GUARD, at + bytes + GUARD);
      blocks.set(at, { arena: this, bytes });
      return at;
    });
    vi.spyOn(Arena.prototype, "release").mockImplementation(function (this: Arena, at, bytes) {
      if (!blocks.has(at)) return release.call(this, at, bytes); // from before
      check(at);
      blocks.delete(at);
      release.call(this, at - GUARD, bytes + 2 * GUARD);
    });
    manualSeed(10 + count);
    let guarded = 0;
    const nets = [...NETS.map(({ shape, make }) => ({ shape, layers: make() })), ...Array.from({ length: 25 }, () => randomStack(40))]; // prettier-ignore
    for (const { shape, layers } of nets) {
      step(new nn.Sequential(...layers), randn(shape).requiresGrad_());
      guarded += blocks.size;
      for (const at of blocks.keys()) check(at);
    }
    expect(guarded).toBeGreaterThan(nets.length);
    // What is kept from here on has no guards: the next test starts afresh.
    blocks.clear();
  });
});

describe("the memory of wasm", () => {
  const GIGABYTE = 2 ** 30;
  const arena = (): Arena => new Arena(false);

  test("goes on after it was asked for too much", () => {
    const memory = arena();
    expect(() => memory.allocate(3 * GIGABYTE)).toThrow("wasm: expected at most 2147483648 bytes at a time, got 3221225536; use a smaller batch"); // prettier-ignore
    expect(memory.allocate(100)).toBe(64);
  });

  test("takes what waits for its owner, rather than refuse", () => {
    const memory = arena();
    const owner = {};
    const bytes = 1.2 * GIGABYTE; // nobody writes there, so it takes no memory
    memory.keep(owner, { base: memory.allocate(bytes) }, bytes);
    expect(memory.allocate(bytes)).toBe(64);
    expect(memory.again(owner)).toBeUndefined();
  });

  test("keeps the last block of an owner, and of all together no more than it has room for", () => {
    const memory = arena();
    const [first, second] = [{}, {}];
    const bytes = 2 ** 20 * 70;
    const keep = (owner: object): { base: number } => {
      const block = { base: memory.allocate(bytes) };
      memory.keep(owner, block, bytes);
      return block;
    };
    keep(first);
    const kept = keep(second);
    expect(memory.again(first)).toBeUndefined();
    expect(memory.again(second)).toBe(kept);
    expect(memory.again(second)).toBeUndefined();
  });
});

describe("a crew", () => {
  /** A routine alone in a module, and a block for it. */
  function job(arena: CrewArena, units: number, write: (frame: Frame) => void) {
    const { crew } = arena;
    const code = new Code(arena, [routine("trial", { units, grids: [] }, write)]);
    const base = arena.allocate(4096);
    arena.floats.fill(0, base / 4, base / 4 + 1024);
    const numbers = new Int32Array(arena.memory.buffer, base, 1024);
    return { code, numbers, run: (parts: number) => crew.perform({ code, routine: 0, name: "trial", units, parts }, base) }; // prettier-ignore
  }

  /** Wait, for some seconds at most, until number `at` of the block is no longer 0. */
  function waitFor({ f, base }: Frame, at: number): void {
    const round = f.local(I32);
    const isZero: Value = [...base.get, 0x28, 2, at * 4, 0x45]; // i32.load, i32.eqz
    f.for(round, i32(0), i32(ROUNDS), 1, () =>
      f.if(
        isZero,
        () => {},
        () => f.set(round, i32(ROUNDS)),
      ),
    );
  }
  const ROUNDS = 2_000_000_000;
  const put = ({ f, base }: Frame, at: number): void => f.store(base.get, at * 4, constant(1));
  /** What the part that is taken first does, and what the other one does. */
  function inTurn({ f, part }: Frame, first: () => void, then: () => void): void {
    f.if(lessThan(part.get, i32(1)), then, first);
  }
  const crewOfTwo = async (patienceMs?: number): Promise<CrewArena> => {
    const crew = new Crew(patienceMs);
    crew.threads = 2;
    const arena = new CrewArena(true, crew);
    job(arena, 2, () => {}).run(2);
    await expect.poll(readyWorkers, { timeout: 30_000 }).toBe(1);
    return arena;
  };
  beforeEach(async () => {
    backend.setThreads(1);
    await nobodyLeft();
  });

  test("takes the parts of a job at the same time", async () => {
    const arena = await crewOfTwo();
    // What is taken first waits for the other part, and writes down what it has seen of it.
    const { numbers, run } = job(arena, 2, (frame) => {
      const { f, base } = frame;
      const wait = (): void => {
        waitFor(frame, 0);
        f.store(base.get, 32, load(base.get));
      };
      inTurn(frame, wait, () => put(frame, 0));
    });
    for (let time = 0; time < 20; time++) {
      numbers.fill(0);
      run(2);
      expect(numbers[8]).not.toBe(0);
    }
    arena.crew.threads = 1;
    await nobodyLeft();
  });

  test("computes every unit once, with more parts than units and fewer", async () => {
    const arena = await crewOfTwo();
    for (const units of [1, 2, 3, 7, 20]) {
      const { numbers, run } = job(arena, units, ({ f, base, first, end, part }) => {
        const unit = f.local(I32);
        const count = (at: Value): void => f.storeF32(at, 0, f32Add(loadF32(at), f32(1)));
        f.for(unit, first.get, end.get, 1, () => count(add(base.get, mul(unit.get, i32(4)))));
        count(add(base.get, mul(add(part.get, i32(100)), i32(4)))); // a part without units is called as well
      });
      const counts = new Float32Array(numbers.buffer, numbers.byteOffset, numbers.length);
      for (const parts of [1, 2, 3, 8]) {
        counts.fill(0);
        for (let time = 0; time < 500; time++) run(parts);
        expect([...counts.subarray(0, 30)]).toEqual(
          Array.from({ length: 30 }, (_, i) => (i < units ? 500 : 0)),
        );
        expect([...counts.subarray(100, 110)]).toEqual(
          Array.from({ length: 10 }, (_, i) => (i < parts ? 500 : 0)),
        );
      }
    }
    arena.crew.threads = 1;
    await nobodyLeft();
  });

  test("goes on alone after an exception, and says so", async () => {
    const arena = await crewOfTwo();
    const { run } = job(arena, 2, (frame) => {
      const trap = (): void => frame.f.store(i32(-64), 0, constant(1));
      inTurn(frame, () => waitFor(frame, 0), () => (put(frame, 0), trap())); // prettier-ignore
    });
    // Whichever thread it meets; mostly a worker, as this thread takes the first part.
    expect(() => run(2)).toThrow(/^(memory access out of bounds|wasm: expected trial to run, got an exception in a thread;\nwhat was computed last is lost, and one thread goes on alone: backend\.setThreads\(…\) starts new ones)$/); // prettier-ignore
    expect(arena.crew.threads).toBe(1);
    await nobodyLeft();
  });

  test("waits for a thread that is lost no longer than it has patience, and says so", async () => {
    const arena = await crewOfTwo(200);
    const { numbers, run } = job(arena, 2, (frame) => {
      const { f } = frame;
      const forLong = (): void => {
        put(frame, 0);
        const [outer, inner] = f.locals(2, I32);
        f.for(outer, i32(0), i32(3), 1, () => f.for(inner, i32(0), i32(ROUNDS), 1, () => put(frame, 4)));
      };
      inTurn(frame, () => waitFor(frame, 0), forLong);
    });
    const refused = (): string => {
      numbers.fill(0);
      try {
        run(2);
        return ""; // this thread had the long part
      } catch (error) {
        return (error as Error).message;
      }
    };
    await expect.poll(refused, { timeout: 60_000 }).toMatch(/^wasm: expected all 2 parts of trial, got 1 after \d+ s;\nwhat was computed last is lost/); // prettier-ignore
    expect(arena.crew.threads).toBe(1);
    await nobodyLeft();
  });

  test("computes alone what was closed", async () => {
    const arena = await crewOfTwo();
    const { code, numbers, run } = job(arena, 2, (frame) => put(frame, 0));
    code.close();
    run(2);
    expect(numbers[0]).not.toBe(0);
    arena.crew.threads = 1;
  });
});

describe("the number of threads", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("is at first what the machine has for this process, up to 8", () => {
    vi.stubEnv("KERNEL_LIB_THREADS", undefined);
    expect(defaultThreads()).toBeGreaterThanOrEqual(1);
    expect(defaultThreads()).toBeLessThanOrEqual(Math.min(8, availableParallelism()));
  });

  test("is what the environment says", () => {
    vi.stubEnv("KERNEL_LIB_THREADS", "5");
    expect(defaultThreads()).toBe(5);
    vi.stubEnv("KERNEL_LIB_THREADS", "all");
    expect(defaultThreads).toThrow('KERNEL_LIB_THREADS: expected a whole number of threads from 1 to 64, got "all"'); // prettier-ignore
  });

  test.each([
    ["200000 100000", 2],
    ["150000 100000", 1],
    ["50000 100000", 1],
    ["max 100000", Infinity],
  ])("stays within a container's quota of %s", (limit, cores) => {
    vi.stubEnv("KERNEL_LIB_THREADS", undefined);
    vi.spyOn(process.getBuiltinModule("node:os"), "availableParallelism").mockReturnValue(6);
    vi.spyOn(process.getBuiltinModule("node:fs"), "readFileSync").mockReturnValue(limit);
    expect(defaultThreads()).toBe(Math.min(6, cores));
    vi.restoreAllMocks();
  });
});

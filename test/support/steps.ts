import { compiled } from "./compiled";

/** Megabytes of memory, taken by the whole process. */
export interface Memory {
  /** Before the first step. */
  start: number;
  /** The most that was seen from step to step. */
  highest: number;
}

/** What differs from a plain loop at batch 8 whose losses are all kept. */
export type Habit = "plain" | "changing batch size" | "an exception every 50th step" | "train.fit";

/** Train a LeNet in a synchronous loop of its own process (or with train.fit), and watch its memory. */
export function memoryOfSteps(steps: number, habit: Habit = "plain", backend = "reference"): Memory {
  const library = compiled();
  try {
    const { stdout, stderr, status } = library.run(`
      import { backend, data, nn, optim, F, rand, randint, manualSeed, train } from "KERNEL_LIB";
      backend.use(${JSON.stringify(backend)});
      const habit = ${JSON.stringify(habit)};
      manualSeed(1);
      const net = new nn.Sequential(
        new nn.Conv2d(1, 6, 5, { padding: 2 }), new nn.ReLU(), new nn.MaxPool2d(2),
        new nn.Conv2d(6, 16, 5), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten(),
        new nn.Linear(400, 120), new nn.ReLU(), new nn.Linear(120, 84), new nn.ReLU(), new nn.Linear(84, 10),
      );
      const optimizer = new optim.Adam(net.parameters());
      const taken = () => process.memoryUsage().rss / 2 ** 20;
      const kept = [];
      const step = (number) => {
        const batch = habit === "changing batch size" ? 1 + (number % 16) : 8;
        optimizer.zeroGrad();
        const loss = F.crossEntropy(net.forward(rand(batch, 1, 28, 28)), randint(0, 10, [batch]));
        if (habit === "an exception every 50th step" && number % 50 === 49) throw new Error("as learners' code does");
        loss.backward();
        optimizer.step();
        kept.push(loss); // as a learner does who wants to plot them: a kept loss must hold nothing else
      };
      step(0); // loads and compiles
      const start = taken();
      let highest = start;
      const watch = () => { highest = Math.max(highest, taken()); };
      if (habit === "train.fit") {
        const set = new data.TensorDataset(rand(8 * 20, 1, 28, 28), randint(0, 10, [8 * 20]));
        const loader = new data.DataLoader(set, { batchSize: 8, shuffle: true });
        await train.fit(net, loader, { optimizer, epochs: ${steps} / 20, validation: loader, onBatch: watch });
      } else {
        for (let number = 0; number < ${steps}; number++) {
          try { step(number); } catch (error) { if (error.message !== "as learners' code does") throw error; }
          watch();
        }
      }
      if (!kept.every((loss) => Number.isFinite(loss.item()))) throw new Error("no number");
      console.log(JSON.stringify({ start, highest }));`);
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Memory;
  } finally {
    library.remove();
  }
}

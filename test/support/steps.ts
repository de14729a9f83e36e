import { compiled } from "./compiled";

/** Megabytes of memory, taken by the whole process. */
export interface Memory {
  /** Before the first step. */
  start: number;
  /** The most that was seen from step to step. */
  highest: number;
}

/** Train a LeNet at batch 8 in a synchronous loop of its own process, and watch its memory. */
export function memoryOfSteps(steps: number): Memory {
  const library = compiled();
  try {
    const { stdout, stderr, status } = library.run(`
      import { nn, optim, F, rand, randint, manualSeed } from "KERNEL_LIB";
      manualSeed(1);
      const net = new nn.Sequential(
        new nn.Conv2d(1, 6, 5, { padding: 2 }), new nn.ReLU(), new nn.MaxPool2d(2),
        new nn.Conv2d(6, 16, 5), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten(),
        new nn.Linear(400, 120), new nn.ReLU(), new nn.Linear(120, 84), new nn.ReLU(), new nn.Linear(84, 10),
      );
      const optimizer = new optim.Adam(net.parameters());
      const taken = () => process.memoryUsage().rss / 2 ** 20;
      const start = taken();
      let highest = start;
      const kept = [];
      for (let step = 0; step < ${steps}; step++) {
        optimizer.zeroGrad();
        const loss = F.crossEntropy(net.forward(rand(8, 1, 28, 28)), randint(0, 10, [8]));
        loss.backward();
        optimizer.step();
        kept.push(loss); // as a learner does who wants to plot them: a kept loss must hold nothing else
        highest = Math.max(highest, taken());
      }
      if (!kept.every((loss) => Number.isFinite(loss.item()))) throw new Error("no number");
      console.log(JSON.stringify({ start, highest }));`);
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Memory;
  } finally {
    library.remove();
  }
}

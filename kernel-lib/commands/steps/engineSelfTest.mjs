// What engineFlags.mjs times and compares: a training step of a small network on the fast backend, in a process that has
// the flags in question. Asked to "time", it answers with the milliseconds of a step; asked to "compare", with how far
// the step's results are from the reference, relative to the largest value.

const { backend, F, manualSeed, nn, randint, randn } = /** @type {typeof import("kernel-lib")} */ (
  await import(process.argv[2])
);

/** The fastest of so many short steps is what one takes when nothing comes between. */
const STEPS = 6;

manualSeed(0);
const net = new nn.Sequential(
  new nn.Conv2d(3, 24, 3, { padding: 1 }), // directly
  new nn.ReLU(),
  new nn.Conv2d(24, 32, 5, { padding: 2 }), // on Winograd's tiles of 8 × 8
  new nn.ReLU(),
  new nn.Conv2d(32, 48, 3, { padding: 1 }), // and of 6 × 6
  new nn.ReLU(),
  new nn.MaxPool2d(2),
  new nn.Flatten(),
  new nn.Linear(48 * 49, 10),
);
const x = randn(2, 3, 14, 14);
const labels = randint(0, 10, [2]);
const [a, b] = [randn(96, 200), randn(200, 92)];

/** @param {"wasm" | "reference"} name */
function step(name) {
  backend.use(name);
  net.zeroGrad();
  const scores = net.forward(x);
  F.crossEntropy(scores, labels).backward();
  const gradients = net.parameters().map(({ grad }) => /** @type {NonNullable<typeof grad>} */ (grad));
  return [scores.detach(), ...gradients, a.matmul(b)];
}

function time() {
  let best = Infinity;
  for (let i = 0; i < STEPS; i++) {
    const start = performance.now();
    step("wasm");
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function compare() {
  const got = step("wasm").map(({ storage }) => Float64Array.from(storage));
  const differences = step("reference").map(({ storage }, i) => {
    let [largest, worst] = [0, 0];
    storage.forEach((value, j) => {
      largest = Math.max(largest, Math.abs(value));
      worst = Math.max(worst, Math.abs(value - got[i][j])); // NaN stays
    });
    return worst / largest;
  });
  return Math.max(...differences);
}

process.on("message", (what) => process.send?.(what === "time" ? time() : compare()));

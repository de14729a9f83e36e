import { spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { library } from "../../kernel-lib/commands/steps/library.mjs";

// Threads in a process of its own: how it ends, what it takes, and what the environment says.

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Run a script on so many threads; one that does not end by itself is killed, and that is its signal. */
function node(script: string, threads: string): { stdout: string; stderr: string; signal: string | null } {
  const { stdout, stderr, signal } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", `import { backend, F, manualSeed, nn, optim, rand, randint } from "kernel-lib";\n${script}`], // prettier-ignore
    { cwd: root, encoding: "utf8", timeout: 50_000, env: { ...process.env, KERNEL_LIB_THREADS: threads } },
  );
  return { stdout, stderr, signal };
}

/** Train without ever coming back to the event loop; the loss falls. */
const train = `
  backend.use("wasm");
  manualSeed(1);
  const net = new nn.Sequential(new nn.Conv2d(1, 8, 5, { padding: 2 }), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(8 * 14 * 14, 10));
  const x = rand(32, 1, 28, 28);
  const y = randint(0, 10, [32]);
  const sgd = new optim.SGD(net.parameters(), { lr: 0.1 });
  const step = () => {
    sgd.zeroGrad();
    const loss = F.crossEntropy(net.forward(x), y);
    loss.backward();
    sgd.step();
    return loss.item();
  };
  const first = step();
  let last;
  for (let i = 0; i < 60; i++) last = step();
  console.log(last < first);
`;

describe("a process that computes on threads", () => {
  beforeAll(() => library(), 120_000);

  test.each(["1", "2", "3"])("ends by itself, with %s", (threads) => {
    const script = `${train}console.log(backend.features.threadsInUse);`;
    expect(node(script, threads)).toEqual({ stdout: `true\n${threads}\n`, stderr: "", signal: null });
  });

  test("ends at once when told to in the middle", () => {
    const script = `${train}process.exit(0);`;
    expect(node(script, "3")).toEqual({ stdout: "true\n", stderr: "", signal: null });
  });

  test("takes little memory for a thread", () => {
    const script = `${train}
      const { memoryUsage } = process;
      const before = memoryUsage().rss;
      backend.setThreads(3);
      step();
      await new Promise((resolve) => setTimeout(resolve, 500)); // until the workers are there
      for (let i = 0; i < 60; i++) step();
      console.log((memoryUsage().rss - before) / 2 / 2 ** 20);`;
    const [, megabytes] = node(script, "1").stdout.split("\n");
    expect(Number(megabytes)).toBeLessThan(40);
  });

  test("computes on beside neighbours that never rest", () => {
    const neighbours = Array.from({ length: 2 * availableParallelism() }, () =>
      spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }),
    );
    try {
      expect(node(train, "2")).toEqual({ stdout: "true\n", stderr: "", signal: null });
    } finally {
      for (const neighbour of neighbours) neighbour.kill("SIGKILL");
    }
  });

  test("says what is wrong with KERNEL_LIB_THREADS", () => {
    expect(node(train, "many").stderr).toContain(
      'RangeError: KERNEL_LIB_THREADS: expected a whole number of threads from 1 to 64, got "many"',
    );
  });
});

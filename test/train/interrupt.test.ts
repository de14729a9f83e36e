import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Cells on stock tslab's own executor, with its own answer to an interrupt; "training" is printed once it runs. */
const PROGRAM = `
const { createConverter } = require("tslab/dist/converter.js");
const { createExecutor } = require("tslab/dist/executor.js");
const node = createConverter({ isJS: false, isBrowser: false });
const executor = createExecutor(process.cwd(), { node, close() {} }, { log: console.log, error() {} });
process.on("SIGINT", () => executor.interrupt());
const cell = (source) => executor.execute(source);
(async () => {
  await cell('import { nn, optim, tensor, train } from "kernel-lib";');
  await cell("const net = new nn.Linear(1, 1); const batch = [tensor([[1]]), tensor([[2]])]; let history: train.History | undefined;");
  await cell("const long = { optimizer: new optim.SGD(net.parameters()), epochs: 1e9, loss: new nn.MSELoss(), onBatch: () => { if (!said) { said = true; console.log('training'); } } }; let said = false;");
  const ok = await cell("history = await train.fit(net, [batch], long);");
  await new Promise((resolve) => setTimeout(resolve, 500));
  await cell("console.log('after', net.forward(batch[0]).numel, net.training)");
  process.kill(process.pid, "SIGINT"); // a second stop, with nothing to stop
  await new Promise((resolve) => setTimeout(resolve, 300));
  await cell("console.log('alive')");
  process.exit(0);
})();
`;

test("a kernel outlives the stop button, during training and after it", async () => {
  const child = spawn(process.execPath, ["-e", PROGRAM], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    if (line === "training") setTimeout(() => child.kill("SIGINT"), 500);
  });
  const end = await new Promise((resolve) => child.on("exit", (code, signal) => resolve(signal ?? code)));
  expect({ end, lines }).toEqual({ end: 0, lines: ["training", "after 1 true", "alive"] });
}, 60_000);

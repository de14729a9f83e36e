import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compiled, type Compiled } from "../support/compiled";
import { underTslab } from "../support/fakeTslab";

let library: Compiled;
beforeAll(() => {
  library = compiled();
});
afterAll(() => library.remove());

const matrix = "const x = lib.tensor([[1, 2]]);";
const text = "Tensor (1, 2) float32\n[[1, 2]]";

describe("under stock tslab, a value", () => {
  test("printed alone shows its rich form in place of its text", () => {
    const sent = underTslab(library, `${matrix} console.log(x); console.log("after");`);
    expect(sent.text).toBe("after\n");
    expect(sent.messages).toHaveLength(1);
    expect(Object.keys(sent.messages[0].data)).toEqual(["text/plain", "text/html"]);
    expect(sent.messages[0]).toMatchObject({ data: { "text/plain": text }, metadata: {}, update: false });
  });

  test.each([
    ["with a word before it", 'console.log("x", x);', `x ${text}\n`],
    ["in an array", "console.log([lib.tensor(3)]);", "[\n  Tensor () float32\n  3\n]\n"],
    ["as a word", "console.log(String(x));", `${text}\n`],
    ["inspected and not printed", 'const { inspect } = await import("node:util"); inspect(x); console.log("a");', "a\n"], // prettier-ignore
    ["inspected just before another line is printed", 'const { inspect } = await import("node:util"); inspect(x); await 0; console.log("a");', "a\n"], // prettier-ignore
  ])("%s stays text, and nothing is lost", (_, script, printed) => {
    expect(underTslab(library, `${matrix} ${script}`)).toEqual({ messages: [], text: printed });
  });

  test("printed twice is shown twice, in the order of printing", () => {
    const sent = underTslab(library, `${matrix} console.log(x); console.log("and"); console.log(x.mul(2));`);
    expect(sent.messages.map((message) => message.data["text/plain"])).toEqual([text, "Tensor (1, 2) float32\n[[2, 4]]"]); // prettier-ignore
    expect(sent.text).toBe("and\n");
  });

  test("that is a figure goes out as one bundle with its alternative text", () => {
    const sent = underTslab(library, 'console.log(lib.plot.bar(["a"], [1]));');
    const [{ data, metadata }] = sent.messages;
    expect(Object.keys(data).sort()).toEqual([
      "application/vnd.plotly.v1+json",
      "image/svg+xml",
      "text/plain",
    ]);
    expect(typeof data["application/vnd.plotly.v1+json"]).toBe("object");
    expect(metadata).toEqual({ alt: "Bars: a 1." });
    expect(sent.text).toBe("");
  });
});

describe("a progress bar", () => {
  const training = `
    const net = new lib.nn.Linear(2, 2);
    const pairs = Array.from({ length: 4 }, () => [lib.zeros(2, 2), lib.tensor([0, 1], { dtype: "int32" })]);
    const slow = (p, t) => { const end = performance.now() + 70; while (performance.now() < end); return lib.F.crossEntropy(p, t); };
    await lib.train.fit(net, pairs, { optimizer: new lib.optim.SGD(net.parameters()), epochs: 2, loss: slow });`;

  test("updates one output in place, and ends in a line that stays", () => {
    const sent = underTslab(library, training);
    expect(sent.text).toBe("");
    expect(sent.messages.length).toBeGreaterThanOrEqual(4);
    expect(new Set(sent.messages.map((message) => message.transient.display_id)).size).toBe(1);
    expect(sent.messages[0].transient.display_id).toMatch(/^train-/);
    expect(sent.messages.map((message) => message.update)).toEqual(sent.messages.map((_, i) => i > 0));
    for (const { data } of sent.messages.slice(0, -1)) {
      expect(data["text/html"]).toMatch(/^<progress value="[01]\.\d{3}" max="1" .*<code>epoch [12]\/2 · loss 0\.\d{4} · accuracy 50\.0 % · \d+ images\/s · \d+ s left<\/code>$/); // prettier-ignore
      expect(data["text/plain"]).toMatch(/^█*░* epoch [12]\/2 · loss/);
    }
    const last = sent.messages[sent.messages.length - 1].data["text/plain"];
    expect(last).toMatch(/^2 of 2 epochs in \d+ s · loss 0\.\d{4} · accuracy 50\.00 %$/);
  });

  test("speaks Chinese in a Chinese lesson", () => {
    const { messages } = underTslab(library, training, { KERNEL_LIB_LANG: "zh" });
    expect(messages[0].data["text/plain"]).toMatch(
      /第 1\/2 轮 · 损失 0\.\d{4} · 准确率 50\.0 % · 每秒 \d+ 幅 · 还需 \d+ s$/,
    );
    expect(messages[messages.length - 1].data["text/plain"]).toMatch(/^完成 2\/2 轮，用时 \d+ s · 损失/);
  });

  test("writes nothing where there is neither a notebook nor a terminal", () => {
    const script = `const lib = await import("KERNEL_LIB"); ${training}`;
    expect(library.run(script)).toEqual({ stdout: "", stderr: "", status: 0 });
  });
});

describe("a real interrupt", () => {
  test("ends training cleanly, and the next one ends the process", () => {
    const ran = library.run(`
      const lib = await import("KERNEL_LIB");
      const net = new lib.nn.Linear(2, 2);
      const pairs = [[lib.zeros(2, 2), lib.tensor([0, 1], { dtype: "int32" })]];
      setTimeout(() => process.kill(process.pid, "SIGINT"), 300);
      const history = await lib.train.fit(net, pairs, { optimizer: new lib.optim.SGD(net.parameters()), epochs: 1e9 });
      console.log(history.interrupted, net.forward(lib.zeros(1, 2)).shape, process.listenerCount("SIGINT"));
      process.kill(process.pid, "SIGINT");
      setTimeout(() => console.log("still here"), 2000);`);
    expect(ran.stdout).toBe("true [ 1, 2 ] 0\n");
    expect(ran.status).toBe(null); // ended by the signal
  });
});

describe("the language", () => {
  test("follows the setting, else the lesson's folder", () => {
    const say = (env: Record<string, string>, folder: string): string =>
      library
        .run(
          `import { mkdirSync } from "node:fs";
         mkdirSync("${folder}", { recursive: true });
         process.chdir("${folder}");
         const { language } = await import("KERNEL_LIB".replace("index.js", "display/language.js"));
         console.log(language());`,
          { env },
        )
        .stdout.trim();
    expect(say({ KERNEL_LIB_LANG: "zh" }, "work/en")).toBe("zh");
    expect(say({ KERNEL_LIB_LANG: "" }, "work/zh")).toBe("zh");
    expect(say({ KERNEL_LIB_LANG: "" }, "work/en/zh")).toBe("zh");
    expect(say({ KERNEL_LIB_LANG: "" }, "work/zh/en")).toBe("en");
    expect(say({ KERNEL_LIB_LANG: "fr" }, "elsewhere")).toBe("en");
  });
});

/**
 * What the shapes in the types of nn cost: `node test/full/shapeCost.mjs <dist of before> <dist of now>`, each a folder
 * with the built declarations. The two take turns, under TypeScript 6 and under stock tslab's 5.0, and every cell has
 * sizes of its own, so that nothing is remembered. Times are what a learner waits: medians, with the middle half of the
 * runs and the fastest beside them. Leave the machine alone meanwhile.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { resolve } from "node:path";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("../..", import.meta.url));
const runs = 101;
const [before, now] = process.argv.slice(2).map((folder) => resolve(folder));

/** Eight layers, or five times as many. @param {number} i @param {number} blocks */
function network(i, blocks) {
  const [first, side] = [2 + i, 24 + 8 * (i % 12)];
  const more = Array.from({ length: blocks - 1 }, (_, b) => {
    const [from, to] = [first + b, first + b + 1];
    return `new nn.Conv2d(${from}, ${to}, 3, { padding: 1 }), new nn.BatchNorm2d(${to}), new nn.ReLU(), new nn.Residual(new nn.Conv2d(${to}, ${to}, 3, { padding: "same" })), new nn.Dropout2d(), `;
  }).join("");
  const last = first + blocks - 1;
  return `const net = new nn.Sequential(nn.input(1, ${side}, ${side}), new nn.Conv2d(1, ${first}, 5, { padding: 2 }), new nn.ReLU(), new nn.MaxPool2d(2), ${more}new nn.Conv2d(${last}, 16, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(${(side / 4) ** 2 * 16}, 10));`;
}

/** @param {typeof import("typescript")} ts @param {string} dist */
function editor(ts, dist) {
  const file = `${root}cell.ts`;
  let text = "";
  let version = 0;
  const old = ts.version.startsWith("5.0");
  /** @type {import("typescript").CompilerOptions} */
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: old ? 2 : ts.ModuleResolutionKind.Bundler, // 2: Node10
    strict: !old,
    types: [],
    lib: ["lib.es2022.d.ts"],
    skipLibCheck: true,
    paths: { "kernel-lib": [`${dist}/index.d.ts`] },
  };
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? String(version) : "0"),
    getScriptSnapshot: (name) => {
      const content = name === file ? text : ts.sys.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: (name) => (name === file ? text : ts.sys.readFile(name)),
  });
  /** @param {string} code @param {() => unknown} ask */
  const timed = (code, ask) => {
    text = `import { F, nn, rand, tensor } from "kernel-lib";\n${code}`;
    version++;
    const start = performance.now();
    ask();
    return performance.now() - start;
  };
  return {
    check: (/** @type {string} */ code) =>
      timed(code, () => {
        const found = service.getSemanticDiagnostics(file);
        if (found.length > 0) throw new Error(ts.flattenDiagnosticMessageText(found[0].messageText, "\n"));
      }),
    complete: (/** @type {string} */ code) =>
      timed(`${code}\nnet.`, () => service.getCompletionsAtPosition(file, text.length, {})),
  };
}

/** @param {number[]} times */
function middle(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.floor(share * (sorted.length - 1))];
  return {
    median: at(0.5),
    text: `${at(0.5).toFixed(1)} (${at(0.25).toFixed(1)}–${at(0.75).toFixed(1)}, fastest ${sorted[0].toFixed(1)})`,
  };
}

const cells = {
  "an ordinary cell": { ask: "check", code: (/** @type {number} */ i) => `const x = rand(${i + 1}, 3, 8, 8);\nlet h = x;\nfor (let k = 0; k < 3; k++) h = F.relu(h.mul(${i + 2}).add(1));\nh.mean(1).shape;` }, // prettier-ignore
  "a layer alone": { ask: "check", code: (/** @type {number} */ i) => `const conv = new nn.Conv2d(3, ${i + 1}, 5, { stride: 2 });\nlet h = rand(1, 3, 9, 9);\nh = conv.forward(h);` }, // prettier-ignore
  "a network of 8 layers": { ask: "check", code: (/** @type {number} */ i) => network(i, 1) },
  "completion behind it": { ask: "complete", code: (/** @type {number} */ i) => network(i + 50, 1) },
  "a network of 43 layers": { ask: "check", code: (/** @type {number} */ i) => network(i, 8) },
};

for (const name of ["typescript", "@tslab/typescript-for-tslab"]) {
  const ts = require(name);
  const editors = [before, now].map((dist) => editor(ts, dist));
  console.log(`TypeScript ${ts.version}: ms before | now | difference of medians`);
  for (const [what, { ask, code }] of Object.entries(cells)) {
    /** @type {number[][]} */
    const times = [[], []];
    for (let i = 0; i < runs + 3; i++) {
      for (const side of i % 2 ? [0, 1] : [1, 0]) {
        const ms = editors[side][/** @type {"check" | "complete"} */ (ask)](code(i));
        if (i >= 3) times[side].push(ms); // the first ones read the library
      }
    }
    const [a, b] = times.map(middle);
    console.log(`  ${what}: ${a.text} | ${b.text} | ${(b.median - a.median).toFixed(1)}`);
  }
}

/** The library in a page, as it is built: what it loads when, and that it computes, draws, reads and checks as in Node. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import * as kernelLib from "kernel-lib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { chunk, ihdr, png } from "../data/damage.js";
import { root } from "../notebooks/fixtures.js";
import { needs } from "../support/needs.js";
import { launchChromium, watchedPage, type Browser, type WatchedPage } from "./chromium.js";
import { librarySite, type Site } from "./librarySite.js";

type Library = typeof kernelLib;

const made = (name: string): string => join(root, "test", "data", "made", name);

/** Train a small network with everything that training has. It goes to the page as text, so it names nothing from outside. */
async function trained({
  backend,
  data,
  manualSeed,
  nn,
  optim,
  rand,
  randint,
  train,
}: Library): Promise<number[]> {
  backend.use("wasm");
  manualSeed(3);
  const net = new nn.Sequential(
    new nn.Conv2d(1, 4, 3, { padding: 1 }),
    new nn.BatchNorm2d(4),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(4 * 7 * 7, 5),
  );
  const set = new data.TensorDataset(rand(24, 1, 14, 14), randint(0, 5, [24]));
  const loader = new data.DataLoader(set, { batchSize: 8, shuffle: true });
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.05, momentum: 0.9 });
  const history = await train.fit(net, loader, { optimizer, epochs: 3, validation: loader });
  return history.rows.flatMap(({ loss, validationLoss }) => [loss, validationLoss!]);
}

/** A figure with a line, and one with cells. */
function figures({ plot, tensor }: Library): string[] {
  const line = plot.curve({ loss: [3, 1, 2] }, { title: { en: "Loss", zh: "损失" }, caption: "It falls." });
  const cells = plot.heatmap(tensor([[1, -1], [0, 2]]), { title: "Cells" }); // prettier-ignore
  return [line.toSvg(), cells.toSvg(), JSON.stringify(line.toPlotly()), String(line)];
}

/** A right and a wrong answer to an exercise, a hint, and a quiz: what was said. */
async function checked({ check, F, hint, quiz, tensor, todo }: Library): Promise<string[]> {
  const convolve = (image: number[][], kernel: number[][], stride = 1): unknown =>
    F.conv2d(tensor([[image]]), tensor([[kernel]]), undefined, { stride })
      .at(0, 0)
      .toArray();
  const said: string[] = [];
  const trial = async (ask: () => unknown): Promise<void> => {
    try {
      await ask();
    } catch (error) {
      said.push(String(error));
    }
  };
  await trial(() => check("4.1", convolve));
  await trial(() => check("4.1", () => [[0]]));
  await trial(() => check("4.1", () => todo()));
  await trial(() => hint("4.1"));
  await trial(() => quiz("4", ["a"]));
  return said;
}

needs("chromium")("the library in a page", () => {
  let browser: Browser;
  let site: Site;
  let watched: WatchedPage;

  beforeAll(async () => {
    site = await librarySite();
    browser = await launchChromium();
    watched = await watchedPage(browser);
    await watched.page.goto(site.url);
    await watched.page.waitForFunction("globalThis.kernelLib");
  }, 180_000);
  afterAll(async () => {
    const unexpected = watched?.problems.filter((problem) => !/nowhere|404/.test(problem));
    expect(unexpected).toEqual([]);
    await browser?.close();
    site?.close();
  });

  const inPage = <T>(expression: string): Promise<T> => watched.page.evaluate<T>(expression);
  /** What a reader's promise brings: a tensor's shape, dtype and values. */
  const read = (call: string): Promise<[number[], string, number[]]> =>
    inPage(`(async () => kernelLib.${call})().then((x) => [[...x.shape], x.dtype, [...x.data]])`);
  const plain = (x: kernelLib.Tensor): [number[], string, number[]] => [[...x.shape], x.dtype, [...x.data]];
  const loaded = (): string[] => watched.requests.map((url) => new URL(url).pathname);
  const refusal = (call: string): Promise<string> => inPage(`kernelLib.${call}.then(String, String)`);

  test("begins with two files, and one for the fast backend", () => {
    expect(loaded()).toEqual(["/", "/browser.js", "/browser/library.js", "/browser/wasm.js"]);
  });

  test("offers the names that Node has, but for folders of images", async () => {
    const names = (part: object): string[] => Object.keys(part).sort();
    expect(await inPage("Object.keys(kernelLib).sort()")).toEqual(names(kernelLib));
    const folders = names(kernelLib.data).filter((name) => name !== "ImageFolder");
    expect(await inPage("Object.keys(kernelLib.data).sort()")).toEqual(folders);
    expect(await inPage("Object.keys(kernelLib.io).sort()")).toEqual(names(kernelLib.io));
  });

  test("computes, draws and prints without loading more than the training loop", async () => {
    const before = kernelLib.backend.current.name;
    const losses = await trained(kernelLib);
    kernelLib.backend.use(before);
    const got = await inPage<number[]>(`(${trained})(kernelLib)`);
    expect(got).toHaveLength(6);
    got.forEach((loss, i) => expect(Math.abs(loss / losses[i] - 1)).toBeLessThan(1e-4));

    const [line, cells, plotly, text] = await inPage<string[]>(`(${figures})(kernelLib)`);
    const [nodeLine, nodeCells, nodePlotly, nodeText] = figures(kernelLib);
    expect([line, plotly, text]).toEqual([nodeLine, nodePlotly, nodeText]);
    const picture = /data:image\/png;base64,[^"]+/;
    expect(cells.replace(picture, "")).toBe(nodeCells.replace(picture, ""));

    const layer = "new kernelLib.nn.Sequential(new kernelLib.nn.Linear(2, 1), new kernelLib.nn.ReLU())";
    expect(await inPage(`String(${layer})`)).toBe(
      "Sequential(\n  (0): Linear(in_features=2, out_features=1, bias=True)\n  (1): ReLU()\n)",
    );
    expect(loaded().slice(4)).toEqual(["/browser/fit.js"]);

    // the picture in the figure, which a page does not pack: the same pixels
    const url = picture.exec(cells)![0];
    const own = await read(
      `data.readImage(Uint8Array.from(atob("${url.split(",")[1]}"), (c) => c.charCodeAt(0)))`,
    );
    const nodes = Buffer.from(picture.exec(nodeCells)![0].split(",")[1], "base64");
    expect(own).toEqual(plain(kernelLib.data.readImage(new Uint8Array(nodes))));
  });

  describe("reads", () => {
    test.each(["rgb", "interlaced", "one-bit", "palette", "grey-as-read", "held-6", "held-7"])(
      "%s.png to the value",
      async (name) => {
        expect(await read(`data.readImage("made/${name}.png")`)).toEqual(
          plain(kernelLib.data.readImage(made(`${name}.png`))),
        );
      },
    );

    test("a PNG of 16 bits up to the rounding, and the opacity of clear pixels", async () => {
      const [shape, , values] = await read('data.readImage("made/sixteen-bits.png")');
      const expected = kernelLib.data.readImage(made("sixteen-bits.png"));
      expect(shape).toEqual(expected.shape);
      values.forEach((value, i) => expect(Math.abs(value - expected.data[i])).toBeLessThanOrEqual(1));
      for (const name of ["grey-alpha", "palette-transparent"]) {
        const [size, , own] = await read(`data.readImage("made/${name}.png")`);
        const nodes = kernelLib.data.readImage(made(`${name}.png`));
        expect(size).toEqual(nodes.shape);
        const pixels = size[1] * size[2];
        expect(own.slice(-pixels)).toEqual([...nodes.data].slice(-pixels));
      }
    });

    test.each([
      ["baseline", 3],
      ["progressive", 3],
      ["stored-rgb", 3],
      ["subsampled", 18],
      ["grey", 2],
      ["held-6", 3],
    ])("%s.jpg, to %i grey levels", async (name, tolerance) => {
      const stored = name.startsWith("held") ? `${name}.jpg` : `${name}-as-read.png`;
      const expected = kernelLib.data.readImage(made(stored));
      const [shape, dtype, values] = await read(`data.readImage("made/${name}.jpg")`);
      expect([shape, dtype]).toEqual([expected.shape, "uint8"]);
      const apart = values.map((value, i) => Math.abs(value - expected.data[i]));
      expect(Math.max(...apart)).toBeLessThanOrEqual(tolerance);
    });

    test("gzipped IDX from an address, from bytes and from a picked file", async () => {
      const file = "data/digits/digits-labels-idx1-ubyte.gz";
      const expected = plain(kernelLib.data.readIdx(join(root, file)));
      expect(await read(`data.readIdx("${file}")`)).toEqual(expected);
      const bytes = `(await (await fetch("${file}")).arrayBuffer())`;
      expect(await read(`data.readIdx(${bytes})`)).toEqual(expected);
      expect(await read(`data.readIdx(new Uint8Array(${bytes}))`)).toEqual(expected);
      expect(await read(`data.readIdx(new File([${bytes}], "labels.gz"))`)).toEqual(expected);
    });

    test("the digits of the course", async () => {
      const { images, test: kept } = kernelLib.data.digits();
      const got = await inPage<unknown>(
        'kernelLib.data.digits("data/digits").then(({ images, test }) => [[...images.shape], [...images.at(5).data], test.length])',
      );
      expect(got).toEqual([images.shape, [...images.at(5).data], kept.length]);
    });

    test("CSV", async () => {
      const text = "a,b\n1,x\n2,\"y,z\"\n"; // prettier-ignore
      const table = await inPage(`kernelLib.data.readCsv(new TextEncoder().encode(${JSON.stringify(text)}))`);
      expect(table).toEqual(kernelLib.data.readCsv(new TextEncoder().encode(text)));
    });

    test("archives, deflated and stored", async () => {
      const expected = Object.entries(kernelLib.data.readNpz(made("deflated.npz"))).map(([name, x]) => [name, ...plain(x)]); // prettier-ignore
      const arrays = (call: string): Promise<unknown> =>
        inPage(`${call}.then((all) => Object.entries(all).map(([name, x]) => [name, [...x.shape], x.dtype, [...x.data]]))`); // prettier-ignore
      expect(expected.length).toBeGreaterThan(0);
      expect(await arrays('kernelLib.data.readNpz("made/deflated.npz")')).toEqual(expected);
      const again = 'kernelLib.data.readNpz("made/deflated.npz").then(kernelLib.data.writeNpz)';
      expect(await arrays(`${again}.then(kernelLib.data.readNpz)`)).toEqual(expected);
      const bytes = await inPage<number[]>(`${again}.then((bytes) => [...bytes])`);
      expect(Object.keys(kernelLib.data.readNpz(Uint8Array.from(bytes)))).toEqual(
        expected.map(([name]) => name),
      );
      const files = 'kernelLib.data.readZip("made/deflated.npz").then((all) => [...all].map(([name, { length }]) => [name, length]))'; // prettier-ignore
      expect(await inPage(files)).toEqual([...kernelLib.data.readZip(made("deflated.npz"))].map(([name, { length }]) => [name, length])); // prettier-ignore
    });

    test("weights that it has saved, in the bytes that Node writes", async () => {
      const weights = "{ b: kernelLib.tensor([1.5, -2]), a: kernelLib.tensor([[1, 2]], { dtype: 'int32' }) }";
      const bytes = await inPage<number[]>(
        `kernelLib.io.saveSafetensors(${weights}).then((bytes) => [...bytes])`,
      );
      const { tensor, io } = kernelLib;
      expect(bytes).toEqual([...io.saveSafetensors({ b: tensor([1.5, -2]), a: tensor([[1, 2]], { dtype: "int32" }) })]); // prettier-ignore
      const back = `kernelLib.io.saveSafetensors(${weights}).then(kernelLib.io.loadSafetensors)`;
      expect(await inPage(`${back}.then(({ b }) => b.toArray())`)).toEqual([1.5, -2]);
    });

    test("a picture that it has written", async () => {
      const image =
        "kernelLib.randint(0, 256, [3, 5, 7], { generator: new kernelLib.Generator(1) }).to('uint8')";
      const { data, Generator, randint } = kernelLib;
      const expected = randint(0, 256, [3, 5, 7], { generator: new Generator(1) }).to("uint8");
      const bytes = await inPage<number[]>(`kernelLib.data.writePng(${image}).then((bytes) => [...bytes])`);
      expect(plain(data.readImage(Uint8Array.from(bytes)))).toEqual(plain(expected));
      expect(await read(`data.writePng(${image}).then(kernelLib.data.readImage)`)).toEqual(plain(expected));
    });
  });

  describe("says what is wrong with", () => {
    test("an address where nothing is, or on another site", async () => {
      expect(await refusal('data.readIdx("nowhere.gz")')).toBe(
        `Error: readIdx: expected a file at "nowhere.gz", got 404 Not Found;\nrelative addresses start at ${site.url}`,
      );
      expect(await refusal('data.readIdx("http://example.com/x")')).toBe(
        `RangeError: readIdx: expected an address on this page's site, ${site.url.slice(0, -1)}, got http://example.com/x;\nfetch it yourself and hand the bytes over`,
      );
      expect(await refusal("data.readIdx(7)")).toBe(
        "TypeError: readIdx: expected bytes, a file, or an address, got 7",
      );
    });

    test("a damaged file, as in Node, and names the file", async () => {
      expect(await refusal("data.readIdx(new File([Uint8Array.of(1, 2, 3, 4)], 'x.idx'))")).toBe(
        "SyntaxError: readIdx: expected two zero bytes, got 0x0102 (x.idx, byte 0)",
      );
      expect(await refusal("data.readIdx(Uint8Array.of(0x1f, 0x8b, 8, 0, 0))")).toMatch(
        /^SyntaxError: readIdx: expected sound gzip, got .+ \(5 bytes, byte 0\)$/,
      );
      const start = (name: string, length: number): string =>
        `Uint8Array.from(${JSON.stringify([...readFileSync(made(name))].slice(0, length))})`;
      expect(await refusal(`data.readImage(${start("palette.png", 60)})`)).toMatch(
        /^SyntaxError: readImage: expected a chunk of at least 12 bytes, got 0 \(60 bytes, byte 60\)$/,
      );
      const few = png(ihdr(2, 2), chunk("IDAT", deflateSync(Uint8Array.of(0, 1, 2))));
      expect(await refusal(`data.readImage(Uint8Array.from([${few}]))`)).toBe(
        `SyntaxError: readImage: expected 6 bytes of pixels for 2 × 2, got 3 (${few.length} bytes, byte 33)`,
      );
      const unknownFilter = png(ihdr(1, 1), chunk("IDAT", deflateSync(Uint8Array.of(9, 1))));
      expect(await refusal(`data.readImage(Uint8Array.from([${unknownFilter}]))`)).toMatch(
        /^SyntaxError: readImage: expected sound PNG pixels, got .+ \(\d+ bytes, byte 33\)$/,
      );
      expect(await refusal(`data.readImage(${start("baseline.jpg", 300)})`)).toMatch(
        /^SyntaxError: readImage: expected .+, got .+ \(300 bytes, byte \d+\)$/,
      );
    });

    test("what needs a disk", async () => {
      const lead = "expected Node and its files, got a page in a browser;\n";
      const onPage = (call: string): Promise<string> =>
        inPage(`(async () => ${call})().then(String, String)`);
      expect(await onPage('kernelLib.plot.curve({ y: [1, 2] }).save("x.svg")')).toBe(
        `Error: figure.save: ${lead}toSvg() gives the picture`,
      );
      expect(await onPage('kernelLib.data.writeIdx(kernelLib.zeros(1), "x.idx")')).toBe(
        `Error: writing x.idx: ${lead}hand bytes over and take bytes back, without a path`,
      );
      const fit = `(() => {
        const net = new kernelLib.nn.Linear(1, 1);
        const set = new kernelLib.data.TensorDataset(kernelLib.ones(1, 1), kernelLib.zeros(1).to("int32"));
        const optimizer = new kernelLib.optim.SGD(net.parameters(), { lr: 0.1 });
        return kernelLib.train.fit(net, new kernelLib.data.DataLoader(set), { optimizer, epochs: 1, checkpoint: "x" });
      })()`;
      expect(await onPage(fit)).toBe(
        `Error: train.fit: ${lead}leave checkpoint out; in onEpoch, io.saveSafetensors(model.stateDict()) gives the weights`,
      );
    });
  });

  test("checks exercises as Node does", async () => {
    const printed: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((text: string) => void printed.push(text));
    const said = await checked(kernelLib);
    log.mockRestore();
    const [ownSaid, ownPrinted] = await inPage<[string[], string[]]>(`(async () => {
      const printed = [];
      const log = console.log;
      console.log = (text) => printed.push(text);
      const said = await (${checked})(kernelLib);
      console.log = log;
      return [said, printed];
    })()`);
    expect(said.join()).toContain("✗ 4.1");
    expect(printed.length).toBeGreaterThan(3);
    expect([ownSaid, ownPrinted]).toEqual([said, printed]);
  });
});

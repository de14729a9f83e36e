import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { plot, tensor, train, Generator, rand, randn } from "kernel-lib";
import { PNG } from "pngjs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { FILTER_1, IMAGE } from "../support/lecture";
import { elements, parseXml } from "../support/xml";

/** Fresh for each picture, so that a figure made twice holds the same numbers. */
const seeded = (): { generator: Generator } => ({ generator: new Generator(6) });
const axes = { xLabel: { en: "epoch", zh: "轮次" }, yLabel: { en: "loss <L> & more", zh: "损失" } };
const words = {
  title: 'A "title" & <more>',
  caption: { en: "What to notice: a < b.", zh: "请注意：甲 < 乙。" },
};
const history = new train.History();
history.rows.push({ epoch: 1, loss: 2, accuracy: 0.5, validationLoss: 1, validationAccuracy: 0.4, lr: 0.1, seconds: 1 }); // prettier-ignore

const figures: Record<string, () => plot.Figure> = {
  image: () => plot.image(tensor(IMAGE), { boxes: [{ row: 1, column: 2, height: 3, width: 3 }], ...words }),
  "image without values": () => plot.image(rand(1, 20, 30, seeded()), { scale: "diverging", range: [-1, 1] }),
  images: () => plot.images(rand(7, 1, 8, 8, seeded()), { titles: ["0", "1", "2", "3", "4", "5 & 6", "7"], ...words }),
  featureMaps: () => plot.featureMaps(randn(1, 6, 5, 5, seeded()), words),
  filters: () => plot.filters(randn(4, 3, 3, 3, seeded()), words),
  "curve of one": () => plot.curve({ loss: [3, 2, 1] }, { ...axes, ...words }),
  "curve of two": () => plot.curve({ a: tensor([3, 2, 1]), b: { name: { en: "B", zh: "乙" }, y: [1, 2], x: [0, 5] } }, { ...axes, ...words }),
  "curve with gaps": () => plot.curve({ loss: [3, NaN, 1, Infinity, 2, 2] }, axes),
  scatter: () => plot.scatter({ dots: { name: "dots", x: [1, 2, 3], y: [4, 4, 4] } }, { ...axes, ...words }),
  bar: () => plot.bar(["a & b", "<c>"], [1, -2], { ...axes, ...words }),
  histogram: () => plot.histogram(randn(200, seeded()), { bins: 8, ...words }),
  heatmap: () => plot.heatmap([[1, 2], [3, -4]], { rowNames: ["r & r", "s"], columnNames: ["c", "d"], ...axes, ...words }),
  confusionMatrix: () => plot.confusionMatrix(tensor([[5, 1], [0, 9]], { dtype: "int32" }), { labels: ["zero", "<one>"], ...words }),
  convStep: () => plot.convStep(tensor(IMAGE), tensor(FILTER_1), { row: 1, column: 2, padding: 1, stride: 2, title: "step" }),
  history: () => history.plot(words),
}; // prettier-ignore

const names = Object.keys(figures);
type Bundle = Record<string, unknown>;
const bundleOf = (figure: plot.Figure): Bundle =>
  (figure as unknown as Record<symbol, () => Bundle>)[Symbol.for("Jupyter.display")]();

afterEach(() => vi.unstubAllEnvs());

describe("every plotting function", () => {
  test("has a figure in the table above", () => {
    const functions = Object.keys(plot).filter((name) => name !== "Figure");
    expect(functions.filter((name) => !names.some((title) => title.split(" ")[0] === name))).toEqual([]);
  });

  test.each(names)("%s is one bundle: Plotly's object, an SVG and a text, no HTML", (name) => {
    const bundle = bundleOf(figures[name]());
    expect(Object.keys(bundle).sort()).toEqual([
      "application/vnd.plotly.v1+json",
      "image/svg+xml",
      "text/plain",
    ]);
    expect(Object.keys(bundle["application/vnd.plotly.v1+json"] as object).sort()).toEqual([
      "data",
      "layout",
    ]);
    expect(bundle["text/plain"]).toBe(`Figure: ${figures[name]().alt}`);
  });

  test.each(names)("%s is a well-formed picture with alternative text, and needs nothing else", (name) => {
    const figure = figures[name]();
    const root = parseXml(figure.toSvg());
    const all = elements(root);
    expect([root.name, root.attributes.xmlns, root.attributes.role]).toEqual(["svg", "http://www.w3.org/2000/svg", "img"]); // prettier-ignore
    expect(root.attributes["aria-label"]).toBe(figure.alt);
    expect(root.children[0]).toMatchObject({ name: "title", text: figure.alt });
    for (const { name: tag, attributes } of all) {
      expect(["svg", "title", "rect", "text", "path", "image", "circle", "g", "clipPath", "defs"]).toContain(tag); // prettier-ignore
      if (attributes.href) expect(attributes.href).toMatch(/^data:image\/png;base64,/);
      for (const [key, value] of Object.entries(attributes)) {
        expect(value, `${tag} ${key}`).not.toMatch(/NaN|undefined|Infinity|null/);
        if (key !== "xmlns") expect(value, `${tag} ${key}`).not.toMatch(/https?:|url\(/);
      }
    }
    const shown = all.filter((element) => element.name === "text").map((element) => element.text).join(" "); // prettier-ignore
    expect(shown.replaceAll(/\s+/g, "")).toContain(figure.caption.replaceAll(/\s+/g, ""));
  });

  test.each(names)("%s has a caption and alternative text in both languages", (name) => {
    const english = figures[name]();
    expect(english.alt).toMatch(/^[^\u4e00-\u9fff]{10,}$/);
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    const chinese = figures[name]();
    expect(chinese.alt).toMatch(/[\u4e00-\u9fff]{2}/);
    expect(parseXml(chinese.toSvg()).attributes["aria-label"]).toBe(chinese.alt);
    if (!name.includes(" ") && name !== "convStep") expect(chinese.caption).toBe("请注意：甲 < 乙。");
  });

  test("is drawn by Plotly without a complaint", () => {
    const drawn = names.map((name) => figures[name]().toPlotly());
    const spoiled = { data: [{ type: "heatmap", z: [[1]], zMin: 0 }], layout: { xaxis: { title: "text" } } };
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [fileURLToPath(new URL("../support/plotlyValidate.mjs", import.meta.url))],
      { input: JSON.stringify([...drawn, spoiled]), encoding: "utf8", maxBuffer: 1 << 26 },
    );
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const { version, complaints } = JSON.parse(stdout) as { version: string; complaints: string[][] };
    expect(version).toBe("4.1.1");
    expect(complaints.pop()).toHaveLength(2); // it does complain about a wrong one
    expect(Object.fromEntries(names.map((name, i) => [name, complaints[i]]))).toEqual(Object.fromEntries(names.map((name) => [name, []]))); // prettier-ignore
  });

  test("says what its axes are", () => {
    const titles = (name: string): unknown[] => {
      const { layout } = figures[name]().toPlotly() as {
        layout: Record<string, { title?: { text: string } }>;
      };
      return [layout.xaxis.title?.text, layout.yaxis.title?.text];
    };
    expect(titles("curve of two")).toEqual(["epoch", "loss <L> & more"]);
    expect(titles("image")).toEqual(["column", "row"]);
    expect(titles("confusionMatrix")).toEqual(["predicted", "true"]);
    expect(titles("histogram")[1]).toBe("count");
    expect(titles("history")).toEqual(["epoch", "loss"]);
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    expect(titles("curve of two")).toEqual(["轮次", "损失"]);
    expect(titles("image")).toEqual(["列", "行"]);
    const svg = elements(parseXml(figures.scatter().toSvg())).map((element) => element.text);
    expect(svg).toContain("轮次");
    expect(svg).toContain("损失");
  });
});

describe("what is drawn", () => {
  test("breaks a line where a number is missing, and leaves missing points and bars out", () => {
    const count = (figure: plot.Figure, wanted: string): number =>
      elements(parseXml(figure.toSvg())).filter((element) => element.name === wanted).length;
    const [line] = elements(parseXml(figures["curve with gaps"]().toSvg())).filter((element) => element.attributes["stroke-width"] === "2"); // prettier-ignore
    expect(line.attributes.d.replaceAll(/[^ML]/g, "")).toBe("MMML");
    expect(figures["curve with gaps"]().alt).toBe("Curves: loss; values from 1 to 3.");
    expect(count(plot.scatter({ a: [1, NaN, 3] }), "circle")).toBe(2);
    expect(count(plot.bar(["a", "b"], [1, NaN]), "rect")).toBe(count(plot.bar(["a"], [1]), "rect"));
  });

  const traces = (figure: plot.Figure): Record<string, unknown>[] => figure.toPlotly().data as Record<string, unknown>[]; // prettier-ignore

  test("are the numbers that were given", () => {
    expect(traces(plot.image(tensor(IMAGE)))[0].z).toEqual(IMAGE);
    expect(traces(plot.bar(["a", "b"], [3, 4]))[0]).toMatchObject({ type: "bar", x: ["a", "b"], y: [3, 4] });
    expect(traces(plot.curve({ a: [5, 6] }))[0]).toMatchObject({
      mode: "lines",
      name: "a",
      x: [1, 2],
      y: [5, 6],
    });
    expect(traces(plot.scatter({ a: [5, 6] }, { x: [0, 9] }))[0]).toMatchObject({
      mode: "markers",
      x: [0, 9],
    });
    expect(traces(plot.histogram([0, 1, 1, 4], { bins: 2 }))[0]).toMatchObject({ x: ["1", "3"], y: [3, 1] });
    expect(traces(plot.filters(tensor([[[[1, -4]]]])))[0]).toMatchObject({ zmin: -4, zmax: 4 });
  });

  test("lays images side by side with a gap between them", () => {
    const [{ z }] = traces(plot.images(tensor([[[1, 2]], [[3, 4]], [[5, 6]]]), { columns: 2 }));
    expect(z).toEqual([[null, null, null, null, null], [1, 2, null, 3, 4], [null, null, null, null, null], [5, 6, null, null, null]]); // prettier-ignore
  });

  test("colours the SVG's pixels from paper to ink", () => {
    const svg = parseXml(plot.image(tensor([[0, 1], [0.5, 1]])).toSvg()); // prettier-ignore
    const href = elements(svg).find((element) => element.name === "image")!.attributes.href;
    const { width, height, data } = PNG.sync.read(Buffer.from(href.split(",")[1], "base64"));
    expect([width, height]).toEqual([2, 2]);
    const pixel = (i: number): number[] => [...data.subarray(4 * i, 4 * i + 4)];
    expect([pixel(0), pixel(1), pixel(3)]).toEqual([[255, 255, 255, 255], [20, 20, 30, 255], [20, 20, 30, 255]]); // prettier-ignore
    expect(pixel(2)[0]).toBeGreaterThan(100);
  });

  test("counts the confusion matrix in words", () => {
    expect(figures.confusionMatrix().alt).toBe("Confusion matrix of 2 classes: 14 of 15 on the diagonal, that is, right."); // prettier-ignore
    const texts = elements(parseXml(figures.confusionMatrix().toSvg())).map((element) => element.text);
    for (const word of ["5", "1", "9", "zero", "<one>", "predicted", "true"]) expect(texts).toContain(word);
  });

  test("shows the products of one stop, and the output so far", () => {
    const figure = plot.convStep(tensor(IMAGE), tensor(FILTER_1), { row: 0, column: 1 });
    const [image, kernel, products, output] = traces(figure).map((trace) => trace.z);
    expect(image).toEqual(IMAGE);
    expect(kernel).toEqual(FILTER_1);
    expect((products as number[][]).map((row) => row.map((value) => value + 0))).toEqual([[0, 0, 0], [-1, 0, 0], [0, -1, 1]]); // prettier-ignore
    expect((output as unknown[][])[0]).toEqual([3, -1, null, null]);
    expect((output as unknown[][]).slice(1).flat().every((value) => value === null)).toBe(true); // prettier-ignore
    expect(figure.caption).toBe("0 + 0 + 0 − 1 + 0 + 0 + 0 − 1 + 1 = −1");
    expect(figure.alt).toBe("The window at row 0, column 1 of the output: its products with the kernel add up to −1."); // prettier-ignore
  });

  test("is text in a terminal", () => {
    expect(String(plot.bar(["a"], [1]))).toBe("Figure: Bars: a 1.");
    expect(plot.bar(["a"], [1], { alt: "mine" }).alt).toBe("mine");
  });
});

describe("save()", () => {
  test("writes a picture, or a page that holds it in the reader's language", () => {
    const folder = mkdtempSync(join(tmpdir(), "figure-"));
    const figure = figures.bar();
    figure.save(join(folder, "f.svg"));
    expect(readFileSync(join(folder, "f.svg"), "utf8")).toBe(figure.toSvg());
    figure.save(join(folder, "f.html"));
    const page = readFileSync(join(folder, "f.html"), "utf8");
    expect(page).toContain('<!doctype html>\n<html lang="en">');
    expect(page).toContain(figure.toSvg());
    expect(page).toContain("<title>Bars: a &amp; b 1, &lt;c&gt; -2.</title>");
    vi.stubEnv("KERNEL_LIB_LANG", "zh");
    figure.save(join(folder, "g.html"));
    expect(readFileSync(join(folder, "g.html"), "utf8")).toContain('<html lang="zh-CN">');
    rmSync(folder, { recursive: true });
  });
});

test("the check of XML refuses what is not well-formed", () => {
  for (const broken of ["<a>", "<a><b></a></b>", "<a>&</a>", "<a/><b/>", '<a b="1" b="2"/>', "<a b=1/>", "<a>1 < 2</a>"]) {
    expect(() => parseXml(broken), broken).toThrow();
  }
  expect(parseXml('<a b="&lt;"><c/>x &amp; y</a>')).toMatchObject({ attributes: { b: "<" }, text: "x & y" });
}); // prettier-ignore

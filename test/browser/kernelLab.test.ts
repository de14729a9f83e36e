/** The kernel as a learner meets it in JupyterLab: keys, buttons, and a slider moved by the mouse. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../notebooks/fixtures.js";
import { needs } from "../support/needs.js";
import { foreignHosts, launchChromium, watchedPage, type Browser } from "./chromium.js";
import { kernelIsIdle, startLab, type Lab } from "./labSuite.js";

const SLIDER = `
import { arange } from "kernel-lib";
const drawn = (value: number) => ({
  "text/html": \`<svg width="300" height="20"><rect class="computed" width="\${arange(value + 1).sum().item()}" height="20" /></svg>\`,
});
const slider = jupyter.widget({
  esm: \`export default {
    render({ model, el }) {
      const input = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 20, value: model.get("value") });
      input.style.width = "300px";
      input.addEventListener("input", () => { model.set("value", Number(input.value)); model.save_changes(); });
      el.append(input);
    },
  }\`,
  state: { value: 2 },
});
slider.onChange = ({ value }) => jupyter.display(drawn(value as number), { displayId: "figure", update: true });
jupyter.display(drawn(2), { displayId: "figure" });
slider`;

const CELLS = [
  "const answer: number = 6 * 7;\nanswer",
  "while (true) {}",
  "answer.toF",
  "answer",
  SLIDER,
  "const name = prompt('Name?'); `Hello, ${name}`",
];

needs("venv", "chromium")("the kernel in JupyterLab", () => {
  const work = temporaryFolder();
  let lab: Lab;
  let browser: Browser;
  let page: Page;
  let requests: string[];

  beforeAll(async () => {
    lab = await startLab(work);
    const cells = CELLS.map((source, i) => ({ cell_type: "code", id: `c${i}`, metadata: {}, source, outputs: [], execution_count: null })); // prettier-ignore
    const kernelspec = { name: "tslab", display_name: "TypeScript", language: "typescript" };
    const file = { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(join(work, "en", "kernel.ipynb"), JSON.stringify(file));
    browser = await launchChromium({ viewport: { width: 1400, height: 1400 } });
    ({ page, requests } = await watchedPage(browser));
    await page.goto(
      `${lab.url.origin}/lab/tree/en/kernel.ipynb?reset&token=${lab.url.searchParams.get("token")}`,
    );
    await page.locator(".jp-Notebook .jp-Cell").first().waitFor({ timeout: 90_000 });
    await kernelIsIdle(page, 90_000);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    const ended = new Promise((resolve) => lab?.process.once("exit", resolve));
    lab?.process.kill("SIGTERM");
    await ended;
  }, 60_000);

  const cell = (index: number): Locator => page.locator(".jp-Notebook .jp-Cell").nth(index);
  const output = (index: number): Locator => cell(index).locator(".jp-OutputArea-output");
  async function run(index: number): Promise<void> {
    await cell(index).locator(".cm-content").click();
    await page.keyboard.press("Control+Enter");
  }

  test("runs a cell and shows its value", async () => {
    await run(0);
    await output(0).getByText("42").waitFor();
    expect(await cell(0).locator(".jp-InputPrompt").first().innerText()).toContain("[1]");
  });

  test("stops a cell that spins, and keeps variables", async () => {
    await run(1);
    await page.locator('.jp-Notebook-ExecutionIndicator[data-status="busy"]').waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("i");
    await page.keyboard.press("i");
    await output(1).getByText("Interrupted").waitFor({ timeout: 10_000 });
    await run(3);
    await output(3).getByText("42").waitFor();
  });

  test("completes a name on Tab", async () => {
    await cell(2).locator(".cm-content").click();
    await page.keyboard.press("Control+End");
    await page.keyboard.press("Tab");
    const offered = page.locator(".jp-Completer-item", { hasText: "toFixed" });
    await offered.waitFor({ timeout: 15_000 });
    expect(await offered.locator(".jp-Completer-type").getAttribute("data-color-index")).not.toBeNull();
    await page.keyboard.press("Enter");
    await expect.poll(() => cell(2).locator(".cm-content").innerText()).toContain("answer.toFixed");
  });

  test("shows a type on Shift+Tab", async () => {
    await cell(3).locator(".cm-content").click();
    await page.keyboard.press("End");
    await page.keyboard.press("Shift+Tab");
    await page.locator(".jp-Tooltip").getByText("const answer: number").waitFor({ timeout: 15_000 });
    await page.keyboard.press("Escape");
  });

  test("redraws a figure that the kernel computes while the mouse moves a slider", async () => {
    await run(4);
    const [figure, slider] = [cell(4).locator("rect.computed"), cell(4).locator('input[type="range"]')];
    await slider.waitFor({ timeout: 30_000 });
    expect(await figure.getAttribute("width")).toBe("3");
    const box = (await slider.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.1, box.y + box.height / 2);
    await page.mouse.down();
    for (let step = 1; step <= 9; step++) {
      await page.mouse.move(box.x + box.width * (0.1 + step / 10), box.y + box.height / 2);
    }
    await page.mouse.up();
    const value = Number(await slider.inputValue());
    expect(value).toBeGreaterThan(10);
    await expect.poll(() => figure.getAttribute("width")).toBe(String((value * (value + 1)) / 2));
  });

  test("takes a line of text", async () => {
    await run(5);
    const box = cell(5).locator("input.jp-Stdin-input");
    await box.waitFor({ timeout: 15_000 });
    await box.fill("Ada");
    await box.press("Enter");
    await output(5).getByText("Hello, Ada").waitFor();
  });

  test("begins anew after a restart", async () => {
    await cell(0).locator(".jp-InputPrompt").first().click();
    await page.keyboard.press("Escape");
    await page.keyboard.press("0");
    await page.keyboard.press("0");
    await page.locator(".jp-Dialog .jp-mod-accept").click();
    await kernelIsIdle(page, 60_000);
    await run(3);
    await output(3).getByText("Cannot find name 'answer'").waitFor({ timeout: 30_000 });
  });

  test("asks nothing of another machine, widgets included", () => {
    expect(requests.length).toBeGreaterThan(50);
    expect(foreignHosts(requests)).toEqual([]);
  });
});

/**
 * The lessons as a learner runs them: `npm start`, JupyterLab in a browser, all cells, on the kernel as it is installed.
 * What a lesson showed is read from the file that JupyterLab saves.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { notebookFiles, readLessons, writeNotebooks } from "../../kernel-lib/commands/notebook/build.mjs";
import { readNotebook, tagsOf } from "../../kernel-lib/commands/notebook/nbformat.mjs";
import type { CodeCell, Notebook } from "../../kernel-lib/commands/notebook/nbformat.mjs";
import { root, temporaryFolder } from "../notebooks/fixtures.js";
import { needs } from "../support/needs.js";
import { foreignHosts, launchChromium, watchedPage } from "./chromium.js";
import type { Browser } from "./chromium.js";

const PLOTLY = "application/vnd.plotly.v1+json";
/** For all cells of a lesson, on a machine that has other things to do; what is over is told apart from what hangs. */
const LESSON_MS = 900_000;

/** What a lesson is run as: the folders of a learner's copies, and the same with every exercise solved. */
export type Form = "en" | "zh" | "solved/en" | "solved/zh";

/** Run every lesson in these forms. */
export function lessonsInJupyterLab(...forms: Form[]): void {
  needs("venv", "chromium")("the lessons in JupyterLab", () => {
    const work = temporaryFolder();
    const lessons = readLessons(root);
    const files = lessons.flatMap(({ name }) => forms.map((form) => `${form}/${name}.ipynb`));
    let lab: Lab;
    let browser: Browser;

    beforeAll(async () => {
      lab = await startLab(work);
      writeNotebooks(join(work, "solved"), notebookFiles(lessons, "solved"));
      browser = await launchChromium({ viewport: { width: 1400, height: 1000 } });
    }, 180_000);
    afterAll(async () => {
      await browser?.close();
      const ended = new Promise((resolve) => lab?.process.once("exit", resolve));
      lab?.process.kill("SIGTERM");
      await ended;
    }, 60_000);

    test("there are lessons", () => {
      expect(files.length).toBeGreaterThan(0);
    });

    test.each(files)(
      "%s runs to its end",
      async (file) => {
        expect(lab.process.exitCode, lab.said()).toBeNull();
        const { page, requests } = await watchedPage(browser);
        const path = join(work, file);
        await page.goto(
          `${lab.url.origin}/lab/tree/${file}?reset&token=${lab.url.searchParams.get("token")}`,
        );
        await runAllCells(page);
        const { cells } = await save(page, path);
        const code = cells.filter((cell): cell is CodeCell => cell.cell_type === "code");
        // A cell that is meant to throw may send away what waits behind it.
        const numbered = code.filter((cell) => !tagsOf(cell).includes("raises-exception"));
        const notRun = numbered.filter((cell) => cell.execution_count === null).map(({ id }) => id);
        expect({ red: code.flatMap(errorsOf), notRun }).toEqual({ red: [], notRun: [] });
        for (const [index, cell] of cells.entries()) {
          if (cell.cell_type !== "code") continue;
          const figures = cell.outputs.filter((output) => "data" in output && PLOTLY in output.data).length;
          if (figures > 0) await expectDrawn(page, index, figures);
        }
        if (process.env.SCREENSHOTS === "1") {
          mkdirSync(join(root, "work", "screenshots"), { recursive: true });
          const name = file.replaceAll("/", "-").replace(".ipynb", ".png");
          await page.screenshot({ path: join(root, "work", "screenshots", name) });
        }
        expect(requests.some((url) => url.startsWith(lab.url.origin))).toBe(true);
        expect(foreignHosts(requests)).toEqual([]);
        await page.close();
        await endKernels(lab.url);
      },
      LESSON_MS + 60_000,
    );
  });
}

export interface Lab {
  url: URL;
  process: ChildProcess;
  /** Everything it has printed. */
  said(): string;
}

/** `npm start` on a folder of its own. */
export async function startLab(work: string): Promise<Lab> {
  const started = spawn(
    process.execPath,
    [join(root, "kernel-lib", "commands", "start.mjs"), "--no-browser", "--lang", "en"],
    { cwd: root, env: { ...process.env, CNN_WORKBOOK_WORK: work }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  started.stdout.on("data", (bytes) => (said += bytes));
  started.stderr.on("data", (bytes) => (said += bytes));
  for (const endMs = Date.now() + 150_000; Date.now() < endMs; await pause(100)) {
    const address = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(said)?.[0];
    if (address) return { url: new URL(address), process: started, said: () => said };
    if (started.exitCode !== null) break;
  }
  started.kill("SIGKILL");
  throw new Error(`expected npm start to print an address, got:\n${said}`);
}

/** Select all cells and run them: the keys are the same in every language of the menus. */
async function runAllCells(page: Page): Promise<void> {
  await page.locator(".jp-Notebook .jp-Cell").first().waitFor({ timeout: 90_000 });
  await kernelIsIdle(page, 90_000);
  await page.locator(".jp-Notebook .jp-Cell").first().click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+Enter");
  await pause(1000); // until the first cell has been sent
  await kernelIsIdle(page, LESSON_MS);
}

/** Idle, and still so a moment later: between two cells the kernel is idle too. */
export async function kernelIsIdle(page: Page, timeoutMs: number): Promise<void> {
  const status = page.locator(".jp-Notebook-ExecutionIndicator").first();
  for (let calm = 0, endMs = Date.now() + timeoutMs; calm < 5; await pause(300)) {
    if (Date.now() > endMs) throw new Error(await stateOf(page, timeoutMs));
    const idle = (await status.getAttribute("data-status")) === "idle";
    const waiting = await page.locator(".jp-InputPrompt", { hasText: "*" }).count();
    calm = idle && waiting === 0 ? calm + 1 : 0;
  }
}

/** What can be seen of a kernel that does not come to rest. */
async function stateOf(page: Page, timeoutMs: number): Promise<string> {
  const status = await page.locator(".jp-Notebook-ExecutionIndicator").first().getAttribute("data-status");
  const prompts = await page.locator(".jp-Notebook .jp-InputPrompt").allInnerTexts();
  const dialogs = await page.locator(".jp-Dialog").allInnerTexts();
  return (
    `expected an idle kernel within ${timeoutMs / 1000} s, got ${status}; ` +
    `prompts ${prompts.filter(Boolean).join(" ")}; dialogs ${JSON.stringify(dialogs)}`
  );
}

/** Save, and wait until the whole file is there. */
export async function save(page: Page, path: string): Promise<Notebook> {
  const before = statSync(path).mtimeMs;
  await page.keyboard.press("Control+s");
  for (const endMs = Date.now() + 20_000; Date.now() < endMs; await pause(200)) {
    if (statSync(path).mtimeMs === before) continue;
    try {
      return readNotebook(path);
    } catch {
      continue; // half written
    }
  }
  throw new Error("expected JupyterLab to save within 20 s");
}

/** What a learner would see in red. */
function errorsOf(cell: CodeCell): string[] {
  if (tagsOf(cell).includes("raises-exception")) return [];
  return cell.outputs.flatMap((output) => {
    if (output.output_type === "error") return [`${cell.id}: ${output.evalue}`];
    return output.output_type === "stream" && output.name === "stderr" ? [`${cell.id}: ${output.text}`] : [];
  });
}

/** JupyterLab draws what is in view. */
async function expectDrawn(page: Page, index: number, figures: number): Promise<void> {
  const cell = page.locator(`.jp-Notebook .jp-Cell[data-windowed-list-index="${index}"]`);
  await page
    .locator(".jp-Notebook .jp-WindowedPanel-outer")
    .first()
    .evaluate("(panel) => (panel.scrollTop = 0)");
  for (let step = 0; step < 400 && (await cell.count()) === 0; step++) await page.mouse.wheel(0, 400);
  await cell.scrollIntoViewIfNeeded();
  await expect
    .poll(() => cell.locator(".js-plotly-plot .main-svg").count(), { timeout: 30_000 })
    .toBeGreaterThan(0);
  expect(await cell.locator(".js-plotly-plot").count()).toBe(figures);
}

async function endKernels(url: URL): Promise<void> {
  const headers = { authorization: `token ${url.searchParams.get("token")}` };
  const kernels = (await (await fetch(`${url.origin}/api/kernels`, { headers })).json()) as { id: string }[];
  for (const { id } of kernels) await fetch(`${url.origin}/api/kernels/${id}`, { method: "DELETE", headers });
}

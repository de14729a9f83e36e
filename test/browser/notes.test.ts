/**
 * The notes as a reader opens them: from disk, in light and dark, on a wide screen and a narrow one.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyAssets } from "../../kernel-lib/commands/notebook/assets.mjs";
import { readLessons } from "../../kernel-lib/commands/notebook/build.mjs";
import { renderPage } from "../../kernel-lib/commands/notebook/page.mjs";
import type { CodeCell } from "../../kernel-lib/commands/notebook/nbformat.mjs";
import { code, notebookOf, root, temporaryFolder, text } from "../notebooks/fixtures.js";
import { needs } from "../support/needs.js";
import { launchChromium, watchedPage } from "./chromium.js";
import type { Browser } from "./chromium.js";
import { faintText } from "./contrast.js";

const modes = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 1280 },
  { colorScheme: "light", width: 360 },
  { colorScheme: "dark", width: 360 },
] as const;

let browser: Browser;

/** Read a page to its end, as a reader would, so that everything that waits to be seen is drawn. */
async function read(path: string, { colorScheme, width }: (typeof modes)[number]) {
  const watched = await watchedPage(browser);
  const { page } = watched;
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme });
  await page.goto(pathToFileURL(path).href);
  for (const figure of await page.locator(".plotly-figure").all()) {
    await figure.scrollIntoViewIfNeeded();
    await expect.poll(() => figure.getAttribute("class"), { timeout: 20_000 }).toContain("alive");
  }
  const plots = await page.locator(".plotly-figure .main-svg").count();
  const overflow = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  return { ...watched, plots, overflow, faint: await faintText(page) };
}

async function expectReadable(path: string, mode: (typeof modes)[number]): Promise<void> {
  const { page, requests, problems, overflow, faint } = await read(path, mode);
  expect({ problems, overflow, faint }).toEqual({ problems: [], overflow: 0, faint: [] });
  expect(requests.length).toBeGreaterThan(2);
  expect(requests.filter((url) => !url.startsWith("file://"))).toEqual([]);
  await page.close();
}

needs("chromium")("a page in Chromium", () => {
  const folder = temporaryFolder();
  const path = join(folder, "en", "demo.html");
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="150"><circle cx="75" cy="75" r="50"/></svg>';
  const figure: CodeCell = {
    ...code(`const wide = [${Array.from({ length: 80 }, (_, i) => i)}];`),
    outputs: [
      {
        output_type: "display_data",
        data: {
          "application/vnd.plotly.v1+json": {
            data: [
              {
                type: "heatmap",
                z: [
                  [1, 2],
                  [3, 4],
                ],
              },
            ],
            layout: { width: 700, height: 700, xaxis: { title: { text: "column" } } },
          },
          "image/svg+xml": svg,
        },
        metadata: { alt: "four squares", caption: "Four squares of $x$." },
      },
    ],
  };
  const wide = `| ${"a wide column | ".repeat(12)}\n|${"---|".repeat(12)}`;

  beforeAll(async () => {
    browser = await launchChromium();
    copyAssets(join(folder, "assets"));
    mkdirSync(join(folder, "en"));
    const cells = notebookOf(
      text("# A page\n\nWords, [a link](x.html), `code`."),
      text(
        `## A formula\n\n$$${"x_{11} + ".repeat(20)} y$$\n\n${wide}\n\n> quoted\n\n\`\`\`ts\n// a comment\nconst s = "s" + 1;\n\`\`\``,
      ),
      figure,
      {
        ...code("todo()", "exercise", "raises-exception"),
        outputs: [{ output_type: "error", ename: "E", evalue: "m", traceback: ["E: m"] }],
      },
      {
        ...code("f()"),
        outputs: [{ output_type: "error", ename: "E", evalue: "m", traceback: ["\u001b[31mE\u001b[0m: m"] }],
      },
      text("## The end\n\n![outside](https://example.org/never.png)"),
    );
    writeFileSync(
      path,
      renderPage(cells, { language: "en", assetsUrl: "../assets", siblingUrl: "../zh/demo.html" }),
    );
  });
  afterAll(() => browser.close());

  test.each(modes)("fits and can be read, $colorScheme at $width px", async (mode) => {
    const { page, requests, problems, plots, overflow, faint } = await read(path, mode);
    expect(plots).toBeGreaterThan(0);
    expect({ overflow, faint }).toEqual({ overflow: 0, faint: [] });
    // The one request that would leave is the picture of another site: the page's own policy stops it.
    expect(problems.filter((problem) => !/example\.org/.test(problem))).toEqual([]);
    expect(problems.some((problem) => /example\.org.*violates.*Content Security Policy/s.test(problem))).toBe(
      true,
    );
    expect(requests.filter((url) => !url.startsWith("file://") && !url.includes("example.org"))).toEqual([]);
    await page.close();
  });

  test("would be told of faint text", async () => {
    const { page } = await watchedPage(browser);
    await page.setContent('<p style="color: #999; font-size: 16px">faint</p><p>clear</p>');
    expect(await faintText(page)).toEqual(["2.85 P .: faint"]);
    await page.close();
  });

  test("remembers light or dark", async () => {
    const { page } = await read(path, modes[0]);
    const paper = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    expect(await paper()).toBe("rgb(255, 255, 255)");
    await page.getByRole("button", { name: "Light or dark" }).click();
    expect(await paper()).toBe("rgb(22, 24, 28)");
    await page.reload();
    expect(await paper()).toBe("rgb(22, 24, 28)");
    await page.getByRole("button", { name: "Light or dark" }).click(); // as it was, for the other tests
    await page.close();
  });

  test("can be used by keyboard", async () => {
    const { page } = await watchedPage(browser);
    await page.goto(pathToFileURL(path).href);
    await page.keyboard.press("Tab");
    const focused = () => page.evaluate("document.activeElement.textContent");
    expect(await focused()).toBe("Skip to the text");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("text");
    await page.close();
  });

  test("shows the figure's picture where no script runs", async () => {
    const still = await launchChromium({ javaScriptEnabled: false });
    const { page } = await watchedPage(still);
    await page.goto(pathToFileURL(path).href);
    const picture = page.getByRole("img", { name: "four squares" }).locator("img");
    expect(await picture.boundingBox()).toMatchObject({ width: 300, height: 150 });
    await still.close();
  });
});

needs("chromium")("npm run notes", () => {
  const lessons = readLessons(root).map(({ name }) => name);
  const folder = temporaryFolder();
  const pages = ["en", "zh"].flatMap((language) =>
    [...lessons, "index"].map((name) => join(folder, language, `${name}.html`)),
  );

  beforeAll(async () => {
    const command = join(root, "kernel-lib", "commands", "notes.mjs");
    const { status, stderr } = spawnSync(process.execPath, [command, "--out", folder], { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    browser = await launchChromium();
  }, 900_000);
  afterAll(() => browser?.close());

  test("writes a page for every lesson in both languages", () => {
    expect(lessons.length).toBeGreaterThan(0);
    expect(pages.filter((path) => !existsSync(path))).toEqual([]);
    expect(existsSync(join(folder, "index.html"))).toBe(true);
  });

  describe.each(modes)("$colorScheme at $width px", (mode) => {
    test.each(pages.map((path) => path.slice(folder.length + 1)))(
      "%s fits and can be read",
      async (page) => {
        await expectReadable(join(folder, page), mode);
      },
      120_000,
    );
  });
});

import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { writeNotebook } from "../../kernel-lib/commands/notebook/nbformat.mjs";
import { serveLessons } from "../../kernel-lib/commands/notebook/serve.mjs";
import { code, notebookOf, temporaryFolder, text } from "./fixtures.js";

const folder = temporaryFolder();
const lessonPath = join(folder, "work", "en", "04-demo.ipynb");
let server: Awaited<ReturnType<typeof serveLessons>>;
let port: number;

interface Answer {
  status: number;
  location?: string;
  body: string;
}

/** Send a path as it is: fetch would tidy it up. */
function ask(path: string, { method = "GET", headers = {}, body = "" } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, location: response.headers.location, body: text }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

beforeAll(async () => {
  vi.stubEnv("CNN_WORKBOOK_WORK", "");
  mkdirSync(join(folder, "work", "en"), { recursive: true });
  mkdirSync(join(folder, "work", "zh"));
  writeNotebook(
    lessonPath,
    notebookOf(
      text("# Demo"),
      code('console.log("lang", process.env.KERNEL_LIB_LANG, process.execArgv.join())'),
    ),
  );
  writeNotebook(
    join(folder, "work", "en", "05-fails.ipynb"),
    notebookOf(text("# Fails"), code('throw new Error("boo")')),
  );
  writeNotebook(
    join(folder, "work", "en", "06-spins.ipynb"),
    notebookOf(text("# Spins"), code("{ while (true) {} }")),
  );
  writeFileSync(join(folder, "work", "en", "07-broken.ipynb"), "{");
  writeFileSync(join(folder, "work", "secret.html"), "secret");
  const flags = ["--expose-gc"];
  server = await serveLessons({ root: folder, language: "en", port: 0, openBrowser: false, flags });
  port = Number(new URL(server.url).port);
});
afterAll(async () => {
  await server.close();
  vi.unstubAllEnvs();
});

async function tokenOf(path: string): Promise<string> {
  return /name="token" value="([0-9a-f]{48})"/.exec((await ask(path)).body)?.[1] ?? "";
}

async function order(path: string, lesson: string, token: string, headers = {}): Promise<Answer> {
  const type = { "content-type": "application/x-www-form-urlencoded" };
  const body = String(new URLSearchParams({ token, lesson }));
  return await ask(path, { method: "POST", headers: { ...type, ...headers }, body });
}

async function pageWhen(path: string, pattern: RegExp): Promise<string> {
  for (const endMs = Date.now() + 40_000; ;) {
    const { body } = await ask(path);
    if (pattern.test(body)) return body;
    if (Date.now() > endMs) throw new Error(`expected ${pattern} within 40 s, got ${body.slice(0, 3000)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe("serveLessons()", () => {
  test("leads to the list of lessons in the chosen language", async () => {
    expect(server.url).toBe(`http://127.0.0.1:${port}/en/`);
    expect(await ask("/")).toMatchObject({ status: 303, location: "/en/" });
    const { body } = await ask("/en/");
    expect(body).toContain('<a href="04-demo.html">Demo</a>');
    expect(body).toContain('<a href="07-broken.html">07-broken</a>');
    expect((await ask("/zh/")).body).toContain("这里还没有课程");
  });

  test("runs a lesson at the press of a button and shows its outputs", async () => {
    const page = "/en/04-demo.html";
    const token = await tokenOf(page);
    expect(await order("/run", "en/04-demo", token)).toMatchObject({ status: 303, location: page });
    expect((await ask(page)).body).toMatch(/http-equiv="refresh" content="2"/);
    const body = await pageWhen(page, /Ran without an error in [\d.]+ s\./);
    expect(body).toContain('<pre class="stream stdout">lang en --expose-gc</pre>');
    expect(body).not.toContain('http-equiv="refresh"');
  });

  test("shows the file again once the learner has changed it", async () => {
    writeNotebook(lessonPath, notebookOf(text("# Demo"), code('console.log("changed")')));
    const { body } = await ask("/en/04-demo.html");
    expect(body).toContain("changed");
    expect(body).not.toContain("lang en");
  });

  test("leads to the cell that failed", async () => {
    await order("/run", "en/05-fails", await tokenOf("/en/05-fails.html"));
    const body = await pageWhen("/en/05-fails.html", /Stopped at an error/);
    expect(body).toContain('Stopped at an error in <a href="#cell-2">cell 2</a>.');
    expect(body).toContain("Error: boo");
  });

  test("stops a lesson that does not end", async () => {
    const token = await tokenOf("/en/06-spins.html");
    await order("/run", "en/06-spins", token);
    await pageWhen("/en/06-spins.html", /Running cell 1 of 1/);
    await order("/stop", "en/06-spins", token);
    await pageWhen("/en/06-spins.html", /<p>Stopped\.<\/p>/);
  });

  test("says that a file is not a notebook", async () => {
    expect((await ask("/en/07-broken.html")).body).toContain("The file is not a notebook: ");
  });

  test.each([
    "/en/../secret.html",
    "/en/..%2fsecret.html",
    "/en/%2e%2e%2fsecret.html",
    "/secret.html",
    "/assets/../page.mjs",
    "/assets/..%2fpage.mjs",
    "/assets/fonts/",
    "/en/%E0%A4%A.html",
    "/fr/",
    "//en/04-demo.html",
  ])("has no page at %s", async (path) => {
    const { status, body } = await ask(path);
    expect(status).toBe(404);
    expect(body).toBe("no such page\n");
  });

  test("serves what pages need", async () => {
    for (const name of [
      "page.css",
      "page.js",
      "katex.min.css",
      "plotly.min.js",
      "fonts/KaTeX_Main-Regular.woff2",
    ]) {
      expect((await ask(`/assets/${name}`)).status).toBe(200);
    }
  });

  test("refuses another site's name for this address", async () => {
    expect(await ask("/en/", { headers: { host: "evil.example" } })).toMatchObject({ status: 403 });
    expect(await ask("/en/", { headers: { host: `evil.example:${port}` } })).toMatchObject({ status: 403 });
    expect(await ask("/en/", { headers: { host: `localhost:${port}` } })).toMatchObject({ status: 200 });
  });

  test("runs nothing without the page's own word, for another site, or by another method", async () => {
    const token = await tokenOf("/en/04-demo.html");
    expect(token).not.toBe("");
    expect((await order("/run", "en/04-demo", "wrong")).status).toBe(403);
    expect((await order("/run", "en/04-demo", token, { origin: "http://evil.example" })).status).toBe(403);
    expect((await order("/run", "en/../../secret", token)).status).toBe(404);
    expect((await order("/remove", "en/04-demo", token)).status).toBe(404);
    expect((await ask("/run", { method: "POST", body: "x".repeat(10_000) })).status).toBe(413);
    expect((await ask("/en/", { method: "DELETE" })).status).toBe(405);
  });

  test("says that its port is taken", async () => {
    await expect(serveLessons({ root: folder, language: "en", port, openBrowser: false })).rejects.toThrow(
      "EADDRINUSE",
    );
  });
});

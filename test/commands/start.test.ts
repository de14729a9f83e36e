// `npm start` as a user meets it, with a learner's folder of the test's own.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import { createServer } from "node:net";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ROOT } from "../../kernel-lib/commands/steps/paths.mjs";
import { needs } from "../support/needs.js";
import { scratchFolder } from "./scratch.js";

interface Started {
  process: ChildProcess;
  /** All that it printed. */
  output(): string;
  /** The first match in what it prints. */
  says(pattern: RegExp): Promise<RegExpMatchArray>;
  exit: Promise<number | null>;
}

function start(args: string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [join(ROOT, "kernel-lib/commands/start.mjs"), ...args], {
    env: { ...process.env, LC_ALL: "C.UTF-8", CNN_WORKBOOK_WORK: scratchFolder(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL")); // its server notices, see below
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (output += text));
  const exit = once(child, "close").then(([code]) => code as number | null);
  const says = async (pattern: RegExp) => {
    for (;;) {
      const match = pattern.exec(output);
      if (match) return match;
      if (child.exitCode !== null) throw new Error(`ended without saying ${pattern}:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return { process: child, output: () => output, says, exit };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/**
 * What a server says to one request over a connection of its own, read to its end: a connection that `fetch`
 * keeps for the next request can be closed by the server just as that one leaves.
 */
const ask = (url: string) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text })).on("error", reject);
    }).on("error", reject);
  });

const answers = (url: string) =>
  ask(url).then(
    ({ status }) => status === 200,
    () => false,
  );

async function goneWithin(ms: number, url: string): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    if (!(await answers(url))) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

describe("npm start", () => {
  test("explains its options", async () => {
    const help = start(["--help"]);
    expect(await help.exit).toBe(0);
    expect(help.output()).toContain("npm start -- --reset 04    lay a fresh copy of lesson 04 beside yours");
  });

  test("refuses an option it does not know, in one line", async () => {
    const refused = start(["--prot", "8890"]);
    expect(await refused.exit).toBe(1);
    expect(refused.output()).toBe(
      'There is no option "--prot"; the options are --no-browser, --port, --lang, --reset and --help.\n',
    );
  });

  test("without Python says what to type, and serves the lessons all the same", async () => {
    const port = await freePort();
    const served = start(["--no-browser", "--port", String(port), "--lang", "en"], {
      CNN_WORKBOOK_PYTHON: "none",
    });
    const [, url] = await served.says(/The lessons are at (http:\S+)/);
    expect(served.output()).toContain(
      "JupyterLab needs Python 3.10 or newer, and there is none here; type: ",
    );
    expect(url).toContain(`http://127.0.0.1:${port}/`);
    expect(await answers(url)).toBe(true);
    served.process.kill("SIGINT");
    expect(await served.exit).toBe(0);
    expect(await answers(url)).toBe(false);
  });
});

needs("venv")("npm start with JupyterLab", () => {
  test("serves the learner's folder in seconds, and ends cleanly on Ctrl+C", async () => {
    const work = scratchFolder();
    const port = await freePort();
    const begin = performance.now();
    const lab = start(["--no-browser", "--port", String(port), "--lang", "zh"], { CNN_WORKBOOK_WORK: work });
    const [, url, token] = await lab.says(/(http:\/\/127\.0\.0\.1:\d+\/lab\/tree\/zh)\?token=(\w+)/);
    expect(performance.now() - begin, "a start with everything in place").toBeLessThan(30_000);
    expect(await answers(`${url}?token=${token}`)).toBe(true);
    expect(existsSync(join(work, "zh"))).toBe(true);

    const server = `http://127.0.0.1:${port}`;
    const read = async (path: string) => JSON.parse((await ask(`${server}${path}?token=${token}`)).text);
    const specs = await read("/api/kernelspecs");
    expect(specs.default).toBe("tslab");
    const { schema } = await read("/lab/api/settings/@jupyterlab/translation-extension:plugin");
    expect(schema.properties.locale.default, "the interface speaks Chinese").toBe("zh_CN");
    expect((await ask(`${server}/api/contents`)).status, "without the token").toBe(403);

    lab.process.kill("SIGINT");
    expect(await lab.exit).toBe(0);
    expect(await answers(url)).toBe(false);
    expect(lab.output()).not.toMatch(/Traceback|Error|WARNING/);
  });

  test("leaves no server behind when it is killed", async () => {
    const port = await freePort();
    const lab = start(["--no-browser", "--port", String(port)]);
    const [url] = await lab.says(/http:\/\/127\.0\.0\.1:\d+\/lab\S+/);
    lab.process.kill("SIGKILL");
    expect(await goneWithin(15_000, url)).toBe(true);
  });

  test("says so when its port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const refused = start(["--no-browser", "--port", String(port)]);
    expect(await refused.exit).toBe(1);
    expect(refused.output()).toContain(
      `Port ${port} is in use by another program; type for example: npm start -- --port ${port + 1}`,
    );
  });
});

/**
 * The lessons without Python: pages on a port of this machine alone. The learner edits the notebooks under work/ in
 * any editor; a page shows one as it stands in its file, and a button runs it.
 *
 * Whatever reaches this port can make this machine run code, so it answers only to its own address (another site's
 * name that leads here is refused), and only its own pages know the word that a run asks for.
 */
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, relative } from "node:path";
import { assetFiles } from "./assets.mjs";
import { escapeHtml } from "./html.mjs";
import { parseNotebook } from "./nbformat.mjs";
import { renderIndex, renderPage, titleOf } from "./page.mjs";
import { runNotebook } from "./run.mjs";
import { languages } from "./source.mjs";

/** @typedef {import("./source.mjs").Language} Language */
/** @typedef {import("./nbformat.mjs").Notebook} Notebook */
/** @typedef {import("node:http").ServerResponse} Response */

/**
 * The last run of a lesson, or the one that is going on.
 * @typedef {object} Run
 * @property {string} content hash of the file that was run
 * @property {Notebook} notebook with the outputs so far
 * @property {AbortController} stop
 * @property {boolean} ended
 * @property {{ count: number, total: number }} [progress]
 * @property {import("./run.mjs").Failure[]} failures
 * @property {string} [problem] why there is no result
 * @property {number} startedMs
 * @property {number} [elapsedMs]
 */

const words = {
  en: {
    edit: (/** @type {string} */ path) =>
      `Edit <code>${path}</code> in any editor, save it, and run it here.`,
    run: "Run all cells",
    stop: "Stop",
    starting: "Starting …",
    running: (/** @type {number} */ count, /** @type {number} */ total) =>
      `Running cell ${count} of ${total} …`,
    done: (/** @type {string} */ seconds) => `Ran without an error in ${seconds} s.`,
    failed: (/** @type {string} */ link) => `Stopped at an error in ${link}.`,
    stopped: "Stopped.",
    cell: "cell",
    broken: "The file is not a notebook",
    none: "There is no lesson here yet.",
  },
  zh: {
    edit: (/** @type {string} */ path) => `用任意编辑器修改 <code>${path}</code>，保存后在这里运行。`,
    run: "运行全部单元",
    stop: "停止",
    starting: "正在启动……",
    running: (/** @type {number} */ count, /** @type {number} */ total) =>
      `正在运行第 ${count} 个单元，共 ${total} 个……`,
    done: (/** @type {string} */ seconds) => `运行完毕，没有错误，用时 ${seconds} 秒。`,
    failed: (/** @type {string} */ link) => `在${link}出错，已停下。`,
    stopped: "已停止。",
    cell: "单元",
    broken: "这个文件不是笔记本",
    none: "这里还没有课程。",
  },
};

/** @type {Record<string, string>} */
const types = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".woff2": "font/woff2",
};

/**
 * Serve the lessons of a language (and, a link away, of the other) until closed.
 *
 * @param {{ root: string, language: Language, port?: number, openBrowser?: boolean, flags?: string[] }} options
 *   `port` 0 or none takes any free one; `flags` of Node, for the processes that run lessons
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serveLessons({ root, language, port = 0, openBrowser = false, flags = [] }) {
  const work = process.env.CNN_WORKBOOK_WORK || join(root, "work");
  const token = randomBytes(24).toString("hex");
  const assets = assetFiles();
  /** @type {Map<string, Run>} */
  const runs = new Map();

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      console.error(error);
      if (!response.headersSent) plain(response, 500, "internal error");
    });
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(undefined));
  });
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  const hosts = [`127.0.0.1:${address.port}`, `localhost:${address.port}`];
  const url = `http://${hosts[0]}/${language}/`;
  if (openBrowser) open(url);
  return {
    url,
    async close() {
      for (const run of runs.values()) run.stop.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  /** @param {import("node:http").IncomingMessage} request @param {Response} response */
  async function answer(request, response) {
    if (!hosts.includes(request.headers.host ?? "")) return plain(response, 403, "this address only");
    const path = new URL(request.url ?? "/", url).pathname;
    if (request.method === "POST") return await order(request, response, path);
    if (request.method !== "GET" && request.method !== "HEAD") return plain(response, 405, "GET or POST");

    if (path === "/") return redirect(response, `/${language}/`);
    // Every name is looked up in a list of what there is, so no path can lead elsewhere.
    const asset = path.startsWith("/assets/") && assets.get(path.slice("/assets/".length));
    if (asset) {
      return reply(response, 200, types[extname(asset)], readFileSync(asset), "max-age=3600");
    }
    const [, folder, file = ""] = /^\/(en|zh)\/([^/]*)$/.exec(path) ?? [];
    const inLanguage = /** @type {Language} */ (folder);
    if (folder && file === "") return reply(response, 200, types[".html"], indexPage(inLanguage));
    const name = decodeName(file);
    if (folder && name && lessonsIn(inLanguage).includes(name)) {
      return reply(response, 200, types[".html"], lessonPage(inLanguage, name));
    }
    return plain(response, 404, "no such page");
  }

  /** @param {import("node:http").IncomingMessage} request @param {Response} response @param {string} path */
  async function order(request, response, path) {
    const { origin } = request.headers;
    if (origin && !hosts.includes(origin.replace(/^http:\/\//, "")))
      return plain(response, 403, "this page only");
    const form = await readForm(request);
    if (!form) return plain(response, 413, "too long");
    if (form.get("token") !== token) return plain(response, 403, "reload the page and try again");
    const [folder, name] = (form.get("lesson") ?? "").split("/");
    const inLanguage = languages.find((known) => known === folder);
    if (!inLanguage || !lessonsIn(inLanguage).includes(name)) return plain(response, 404, "no such lesson");
    const key = `${inLanguage}/${name}`;
    if (path === "/run") start(inLanguage, name);
    else if (path === "/stop") runs.get(key)?.stop.abort();
    else return plain(response, 404, "no such order");
    return redirect(response, `/${inLanguage}/${encodeURIComponent(name)}.html`);
  }

  /** The learner's own notebooks; before there are any, the lessons. @param {Language} inLanguage */
  function folderOf(inLanguage) {
    const own = join(work, inLanguage);
    return existsSync(own) ? own : join(root, "notebooks", inLanguage);
  }

  /** @param {Language} inLanguage */
  function lessonsIn(inLanguage) {
    const folder = folderOf(inLanguage);
    const files = existsSync(folder) ? readdirSync(folder) : [];
    return files
      .filter((file) => file.endsWith(".ipynb"))
      .map((file) => file.slice(0, -".ipynb".length))
      .sort();
  }

  /** @param {Language} inLanguage @param {string} name */
  function pathOf(inLanguage, name) {
    return join(folderOf(inLanguage), `${name}.ipynb`);
  }

  /** @param {Language} inLanguage @param {string} name */
  function start(inLanguage, name) {
    const key = `${inLanguage}/${name}`;
    const earlier = runs.get(key);
    if (earlier && !earlier.ended) return; // pressed twice
    const path = pathOf(inLanguage, name);
    const text = readFileSync(path, "utf8");
    /** @type {Notebook} */
    let notebook;
    try {
      notebook = parseNotebook(text);
    } catch {
      return; // the page says so
    }
    /** @type {Run} */
    const run = {
      content: hash(text),
      notebook,
      stop: new AbortController(),
      ended: false,
      failures: [],
      startedMs: Date.now(),
    };
    runs.set(key, run);
    const onCell = (/** @type {import("./run.mjs").Progress} */ progress) =>
      void Object.assign(run, { progress, notebook: progress.notebook });
    runNotebook(notebook, {
      cwd: dirname(path),
      env: { KERNEL_LIB_LANG: inLanguage },
      flags,
      signal: run.stop.signal,
      onCell,
    })
      .then((result) => void Object.assign(run, { notebook: result.notebook, failures: result.failures }))
      .catch((error) => (run.problem = run.stop.signal.aborted ? words[inLanguage].stopped : String(error)))
      .finally(() => Object.assign(run, { ended: true, elapsedMs: Date.now() - run.startedMs }));
  }

  /** @param {Language} inLanguage */
  function indexPage(inLanguage) {
    const links = lessonsIn(inLanguage).map((name) => ({
      href: `${encodeURIComponent(name)}.html`,
      title: titleIn(pathOf(inLanguage, name)) ?? name,
    }));
    return renderIndex(links, {
      language: inLanguage,
      assetsUrl: "/assets",
      siblingUrl: `/${inLanguage === "en" ? "zh" : "en"}/`,
      status: links.length === 0 ? `<p>${words[inLanguage].none}</p>` : "",
    });
  }

  /** @param {Language} inLanguage @param {string} name */
  function lessonPage(inLanguage, name) {
    const path = pathOf(inLanguage, name);
    const text = readFileSync(path, "utf8");
    const other = inLanguage === "en" ? "zh" : "en";
    const run = runs.get(`${inLanguage}/${name}`);
    const current = run && (!run.ended || run.content === hash(text)) ? run : undefined;
    const options = {
      language: inLanguage,
      assetsUrl: "/assets",
      indexUrl: `/${inLanguage}/`,
      siblingUrl: lessonsIn(other).includes(name) ? `/${other}/${encodeURIComponent(name)}.html` : undefined,
      folder: dirname(path),
      status: statusBar(inLanguage, name, path, current),
      refreshSeconds: current && !current.ended ? 2 : undefined,
    };
    try {
      return renderPage(current?.notebook ?? parseNotebook(text), options);
    } catch (error) {
      const problem = `${words[inLanguage].broken}: ${error instanceof Error ? error.message : error}`;
      return renderIndex([], { ...options, status: `<p>${escapeHtml(problem)}</p>` });
    }
  }

  /** @param {Language} inLanguage @param {string} name @param {string} path @param {Run | undefined} run */
  function statusBar(inLanguage, name, path, run) {
    const w = words[inLanguage];
    const running = run && !run.ended;
    const button =
      `<form method="post" action="/${running ? "stop" : "run"}"><input type="hidden" name="token" value="${token}">` +
      `<input type="hidden" name="lesson" value="${escapeHtml(`${inLanguage}/${name}`)}">` +
      `<button>${running ? w.stop : w.run}</button></form>`;
    let news = w.edit(escapeHtml(relative(root, path)));
    if (running) news = run.progress ? w.running(run.progress.count, run.progress.total) : w.starting;
    else if (run?.problem) news = escapeHtml(run.problem);
    else if (run && run.failures.length > 0) {
      const { cellId, index } = run.failures[0];
      news = w.failed(`<a href="#${escapeHtml(cellId)}">${w.cell} ${index + 1}</a>`);
    } else if (run) news = `${w.done(((run.elapsedMs ?? 0) / 1000).toFixed(1))} ${news}`;
    return `<div class="status" role="status"><p>${news}</p>${button}</div>\n`;
  }
}

/** @param {string} path */
function titleIn(path) {
  try {
    return titleOf(parseNotebook(readFileSync(path, "utf8")));
  } catch {
    return undefined; // a broken file is listed by its name
  }
}

/** @param {string} file */
function decodeName(file) {
  try {
    return /^(.+)\.html$/.exec(decodeURIComponent(file))?.[1];
  } catch {
    return undefined; // no valid escape
  }
}

/** @param {import("node:http").IncomingMessage} request */
async function readForm(request) {
  let body = "";
  for await (const chunk of request) {
    body += chunk;
    if (body.length > 4096) return undefined;
  }
  return new URLSearchParams(body);
}

/** @param {string} text */
function hash(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** @param {Response} response @param {number} status @param {string} type @param {string | Buffer} body @param {string} [cache] */
function reply(response, status, type, body, cache = "no-store") {
  response.writeHead(status, {
    "content-type": type,
    "cache-control": cache,
    "content-security-policy":
      "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; frame-ancestors 'none'; form-action 'self'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}

/** @param {Response} response @param {number} status @param {string} text */
function plain(response, status, text) {
  reply(response, status, "text/plain; charset=utf-8", `${text}\n`);
}

/** @param {Response} response @param {string} to */
function redirect(response, to) {
  response.writeHead(303, { location: to });
  response.end();
}

/** @param {string} url */
function open(url) {
  const [program, ...args] =
    process.platform === "darwin"
      ? ["open"]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", ""]
        : ["xdg-open"];
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => {}); // no browser here: the address is on the screen
  child.unref();
}

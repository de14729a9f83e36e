// npm start: from a fresh clone to the lessons in a browser. Each step looks first whether it is needed.

import { engineFlags } from "./steps/engineFlags.mjs";
import { environment } from "./steps/environment.mjs";
import { jupyterLab } from "./steps/jupyterLab.mjs";
import { kernelspec } from "./steps/kernelspec.mjs";
import { labConfig } from "./steps/labConfig.mjs";
import { layFresh, layLessons } from "./steps/lessons.mjs";
import { library } from "./steps/library.mjs";
import { npmPackages } from "./steps/npmPackages.mjs";
import { startOptions } from "./steps/options.mjs";
import { ROOT, VENV } from "./steps/paths.mjs";
import { Missing, command, inLanguage, say, sayMissing, speak } from "./steps/say.mjs";

async function start() {
  const options = startOptions(process.argv.slice(2));
  speak(options.language);
  if (options.help) return console.log(inLanguage(HELP.en, HELP.zh));

  await npmPackages();
  await library();
  const flags = await engineFlags();
  for (const name of layLessons()) say(`Laid ${name}`, `放好了 ${name}`);
  for (const lesson of options.reset) {
    const name = layFresh(lesson, options.language);
    say(`Laid a fresh copy: ${name}`, `放好了一份全新的：${name}`);
  }
  if (await withoutPython()) return await runWithoutPython(options, flags);

  kernelspec(VENV, flags);
  labConfig(options.language);
  say("Starting JupyterLab …", "正在启动 JupyterLab……");
  const stopped = stopSignal(); // from here on, Ctrl+C has something to end first
  const lab = await jupyterLab(options);
  sayAddress(lab.url);
  if ((await Promise.race([lab.ended, stopped])) === STOP) lab.stop();
  const status = await lab.ended;
  if (status === 0) say("JupyterLab has ended.", "JupyterLab 已结束。");
  process.exit(status ?? 1);
}

/** Make .venv; true, and the reason said, if that cannot be done here. */
async function withoutPython() {
  try {
    await environment();
    return false;
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    sayMissing(error);
    return true;
  }
}

/** @param {import("./steps/options.mjs").StartOptions} options @param {string[]} flags */
async function runWithoutPython({ language, port, browser }, flags) {
  say(
    "Until then the lessons run without JupyterLab, as pages in the browser.",
    "在此之前，课程不用 JupyterLab，直接以网页的形式运行。",
  );
  const { serveLessons } = await import("./notebook/serve.mjs");
  const server = await serveLessons({ root: ROOT, language, port, openBrowser: browser, flags });
  sayAddress(server.url);
  await stopSignal();
  await server.close();
  process.exit(0);
}

/** @param {string} url */
function sayAddress(url) {
  say(`The lessons are at ${url}`, `课程在 ${url}`);
  say("Ctrl+C ends it.", "按 Ctrl+C 结束。");
}

const STOP = Symbol("stop");

/**
 * Ctrl+C, a closed terminal, or a polite kill; also of npm alone, which passes it to the shell between us and no further.
 * @returns {Promise<symbol>}
 */
function stopSignal() {
  const startedBy = process.ppid;
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => resolve(STOP));
    if (process.env.npm_lifecycle_event) {
      setInterval(() => process.ppid !== startedBy && resolve(STOP), 1000).unref();
    }
  });
}

const HELP = {
  en: `npm start                  set everything up and open the lessons in JupyterLab
npm start -- --no-browser  print the address instead of opening the browser
npm start -- --port 8890   use this port of this machine
npm start -- --lang zh     the lessons in Chinese (en: in English); without it, the system's language
npm start -- --reset 04    lay a fresh copy of lesson 04 beside yours`,
  zh: `npm start                  准备好一切，并在 JupyterLab 中打开课程
npm start -- --no-browser  只显示地址，不打开浏览器
npm start -- --port 8890   使用本机的这个端口
npm start -- --lang en     英文课程（zh：中文）；不写则按系统的语言
npm start -- --reset 04    在您的第 04 课旁边放一份全新的`,
};

await command(start); // last, since the constants above must be there

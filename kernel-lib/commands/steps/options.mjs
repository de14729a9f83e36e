// What was typed after `npm start --`.

import { LANGUAGES, systemLanguage } from "./language.mjs";
import { Missing } from "./say.mjs";

/** @typedef {import("./language.mjs").Language} Language */

/**
 * @typedef {object} StartOptions
 * @property {boolean} browser   open the browser?
 * @property {number} [port]     the port that was asked for; otherwise the first free one
 * @property {Language} language
 * @property {string[]} reset    lessons to lay a fresh copy of, as typed ("04")
 * @property {boolean} help
 */

/**
 * @param {string[]} args
 * @param {Language} [language] what to use if none is asked for
 * @returns {StartOptions}
 * @throws {Missing} naming the first thing that is not understood
 */
export function startOptions(args, language = systemLanguage()) {
  /** @type {StartOptions} */
  const options = { browser: true, language, reset: [], help: false };
  const rest = args.flatMap((arg) => (/^--[^=]+=/.test(arg) ? splitAtFirst(arg, "=") : [arg]));
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === "--no-browser") options.browser = false;
    else if (name === "--help" || name === "-h") options.help = true;
    else if (name === "--port") options.port = portNumber(rest.shift());
    else if (name === "--lang") options.language = languageNamed(rest.shift());
    else if (name === "--reset") options.reset.push(lessonNamed(rest.shift()));
    else if (!name.startsWith("-")) {
      throw new Missing(
        `"${name}" stands alone: npm keeps options for itself unless -- comes before them; type for example: npm start -- --port 8890`,
        `“${name}”单独出现了：选项前面没有 -- 时，npm 会把选项留给自己；例如输入：npm start -- --port 8890`,
      );
    } else {
      throw new Missing(
        `There is no option "${name}"; the options are --no-browser, --port, --lang, --reset and --help.`,
        `没有“${name}”这个选项；可用的选项有 --no-browser、--port、--lang、--reset 和 --help。`,
      );
    }
  }
  return options;
}

/** @param {string | undefined} typed */
function portNumber(typed) {
  const port = /^\d{1,5}$/.test(typed ?? "") ? Number(typed) : 0;
  if (port >= 1 && port <= 65535) return port;
  throw new Missing(
    `--port needs a number from 1 to 65535, got ${shown(typed)}; type for example: npm start -- --port 8890`,
    `--port 后面应是 1 到 65535 之间的数，而不是${shown(typed)}；例如输入：npm start -- --port 8890`,
  );
}

/**
 * @param {string | undefined} typed
 * @returns {Language}
 */
function languageNamed(typed) {
  const found = LANGUAGES.find((language) => language === typed);
  if (found) return found;
  throw new Missing(
    `--lang needs en or zh, got ${shown(typed)}; type for example: npm start -- --lang zh`,
    `--lang 后面应是 en 或 zh，而不是${shown(typed)}；例如输入：npm start -- --lang zh`,
  );
}

/** @param {string | undefined} typed */
function lessonNamed(typed) {
  if (typed && !typed.startsWith("-")) return /^\d$/.test(typed) ? `0${typed}` : typed;
  throw new Missing(
    `--reset needs the number of a lesson, got ${shown(typed)}; type for example: npm start -- --reset 04`,
    `--reset 后面应是课的编号，而不是${shown(typed)}；例如输入：npm start -- --reset 04`,
  );
}

/** @param {string | undefined} typed */
function shown(typed) {
  return typed === undefined ? "nothing" : `"${typed}"`;
}

/**
 * @param {string} text
 * @param {string} at
 */
function splitAtFirst(text, at) {
  const i = text.indexOf(at);
  return [text.slice(0, i), text.slice(i + at.length)];
}

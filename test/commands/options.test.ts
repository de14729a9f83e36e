import { beforeEach, describe, expect, test } from "vitest";
import { systemLanguage } from "../../kernel-lib/commands/steps/language.mjs";
import { startOptions } from "../../kernel-lib/commands/steps/options.mjs";
import { speak } from "../../kernel-lib/commands/steps/say.mjs";

beforeEach(() => speak("en"));

describe("startOptions()", () => {
  test("without arguments opens the browser, in the system's language", () => {
    expect(startOptions([], "zh")).toEqual({ browser: true, language: "zh", reset: [], help: false });
  });

  test("reads every option, with a space or an equals sign", () => {
    const typed = ["--no-browser", "--port=8890", "--lang", "zh", "--reset", "04", "--reset=8"];
    expect(startOptions(typed, "en")).toEqual({
      browser: false,
      port: 8890,
      language: "zh",
      reset: ["04", "08"],
      help: false,
    });
  });

  test.each([
    [
      ["--lnag", "zh"],
      'There is no option "--lnag"; the options are --no-browser, --port, --lang, --reset and --help.',
    ],
    [["8890"], '"8890" stands alone: npm keeps options for itself unless -- comes before them; type for example: npm start -- --port 8890'], // prettier-ignore
    [
      ["--port", "70000"],
      '--port needs a number from 1 to 65535, got "70000"; type for example: npm start -- --port 8890',
    ],
    [["--port", "0"], '--port needs a number from 1 to 65535, got "0"'],
    [["--port", "8e3"], "--port needs a number"],
    [["--port"], "--port needs a number from 1 to 65535, got nothing"],
    [["--lang", "fr"], '--lang needs en or zh, got "fr"; type for example: npm start -- --lang zh'],
    [["--reset", "--lang", "zh"], '--reset needs the number of a lesson, got "--lang"'],
  ])("refuses %j with a sentence", (typed, sentence) => {
    expect(() => startOptions(typed)).toThrow(sentence);
  });

  test("refuses in Chinese where that is spoken", () => {
    speak("zh");
    expect(() => startOptions(["--lang", "fr"])).toThrow('--lang 后面应是 en 或 zh，而不是"fr"');
  });
});

test.each([
  [{ LANG: "zh_CN.UTF-8" }, "en-US", "zh"],
  [{ LC_ALL: "zh_TW", LANG: "en_US.UTF-8" }, "en-US", "zh"],
  [{ LC_ALL: "", LANG: "en_US.UTF-8" }, "zh-CN", "en"],
  [{ LANG: "C.UTF-8" }, "en-US", "en"],
  [{ LANG: "C" }, "zh-CN", "zh"],
  [{}, "zh-Hans-CN", "zh"],
  [{ LANG: "de_DE.UTF-8" }, "zh-CN", "en"],
])("systemLanguage() of %j on a system in %s is %s", (env, locale, language) => {
  expect(systemLanguage(env, locale)).toBe(language);
});

// Which of the two languages of the course to use.

/** @typedef {"en" | "zh"} Language */

/** @type {readonly Language[]} */
export const LANGUAGES = ["en", "zh"];

/**
 * The system's language: Chinese if it says so, otherwise English. The variables are asked in the order of POSIX; "C"
 * is no language, and Windows sets none of them, so the last word is with the system's own setting.
 *
 * @param {Record<string, string | undefined>} [env]
 * @param {string} [locale] what the operating system says
 * @returns {Language}
 */
export function systemLanguage(env = process.env, locale = Intl.DateTimeFormat().resolvedOptions().locale) {
  const set = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find(Boolean) ?? "";
  const named = /^(C|POSIX)(\.|$)/.test(set) ? "" : set;
  return /^zh\b|^zh_/i.test(named || locale) ? "zh" : "en";
}

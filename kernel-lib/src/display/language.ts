/** The two languages of the course. */
export type Language = "en" | "zh";

/** A text in one wording for both languages, or one for each. */
export type Text = string | { readonly en: string; readonly zh: string };

// Node's types are loaded, a browser's are not.
const { document: page } = globalThis as { document?: { documentElement: { lang: string } } };

/**
 * The reader's language: `KERNEL_LIB_LANG` if set, else the language folder that the notebook lies in
 * (`…/zh/04-filters.ipynb`), else English. On a page it is the page's own, `<html lang>`.
 */
export function language(): Language {
  if (page) return page.documentElement.lang.startsWith("zh") ? "zh" : "en";
  const wanted = process.env.KERNEL_LIB_LANG;
  if (wanted === "zh" || wanted === "en") return wanted;
  const folders = process.cwd().split(/[\\/]/);
  return folders.lastIndexOf("zh") > folders.lastIndexOf("en") ? "zh" : "en";
}

/** A text in the reader's language. */
export function say(text: Text): string {
  return typeof text === "string" ? text : text[language()];
}

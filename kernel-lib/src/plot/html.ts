import { escapeXml } from "../display/escape.js";

/** A page that holds one picture and needs nothing else. */
export function toHtml(svg: string, title: string, language: string): string {
  return (
    `<!doctype html>\n<html lang="${language === "zh" ? "zh-CN" : "en"}">\n<head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width"><title>${escapeXml(title)}</title></head>\n` +
    `<body style="margin:1rem">${svg}</body>\n</html>\n`
  );
}

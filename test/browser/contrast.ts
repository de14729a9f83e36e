/**
 * Which text of a page is too faint: WCAG 2.2's contrast for level AA, measured on what the browser computed.
 */
import type { Page } from "playwright-core";

/** @returns one line for each text below 4.5 : 1 (3 : 1 where it is large) */
export async function faintText(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    // Types here are Node's; in the page there is a document.
    const { document, getComputedStyle, NodeFilter } = globalThis as unknown as Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (color: string): number[] => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const luminance = (color: number[]): number => {
      const [r, g, b] = color.map((c) => (c <= 10.3 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const faint = new Set<string>();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement;
      if (texts.currentNode.data.trim() === "" || !element.checkVisibility()) continue;
      if (element.closest("svg, script, style, noscript, .katex-mathml, .skip")) continue;
      const style = getComputedStyle(element);
      let behind = element;
      while (behind && rgba(getComputedStyle(behind).backgroundColor)[3] < 255) behind = behind.parentElement;
      const [a, b] = [style.color, behind ? getComputedStyle(behind).backgroundColor : "#fff"]
        .map((color) => luminance(rgba(color)))
        .sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (large ? 3 : 4.5)) {
        faint.add(
          `${ratio.toFixed(2)} ${element.tagName} .${element.className}: ${texts.currentNode.data.trim().slice(0, 30)}`,
        );
      }
    }
    return [...faint];
  });
}

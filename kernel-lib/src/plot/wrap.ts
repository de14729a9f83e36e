/** Width of a letter as a share of the font size: a Chinese character is square, a Latin letter about half of that. */
const WIDE = 1;
const NARROW = 0.5;

/** About how many pixels a text takes. */
export function textWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const letter of text) width += letter > "\u2e80" ? WIDE : NARROW;
  return width * fontSize;
}

/** Break a text into lines of at most `width` pixels: between words, and between Chinese characters. */
export function wrap(text: string, width: number, fontSize: number): string[] {
  // Chinese punctuation never begins a line, so it stays with the character before it.
  const pieces =
    text.match(
      /[\u2e80-\uffff][\u3001\u3002\uff01-\uff1f]*|[^\s\u2e80-\uffff]+[\u3001\u3002\uff01-\uff1f]*|\s+/g,
    ) ?? [];
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces) {
    if (line && textWidth(line + piece.trimEnd(), fontSize) > width) {
      lines.push(line.trimEnd());
      line = piece.trimStart();
    } else {
      line += piece;
    }
  }
  if (line.trim()) lines.push(line.trimEnd());
  return lines;
}

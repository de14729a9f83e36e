/** One element of a picture. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  /** The text inside it and its children. */
  text: string;
}

const NAME = "[A-Za-z_:][\\w:.-]*";
const TOKEN = new RegExp(`<(/?)(${NAME})((?:\\s+${NAME}="[^"<]*")*)\\s*(/?)>|([^<>]+)`, "y");
const ENTITY = /&(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);/gi;

/** Read XML and refuse what is not well-formed: open or crossed elements, bare & and <, attributes given twice. */
export function parseXml(source: string): Element {
  const open: Element[] = [{ name: "", attributes: {}, children: [], text: "" }];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(source);
    if (!token) throw new Error(`not well-formed at ${at}: ${source.slice(at, at + 60)}`);
    const [, closing, name, attributes, empty, text] = token;
    const inner = open[open.length - 1];
    if (text !== undefined) {
      for (const element of open) element.text += decode(text, at);
    } else if (closing) {
      if (inner.name !== name) throw new Error(`</${name}> closes <${inner.name}> at ${at}`);
      open.pop();
    } else {
      const element: Element = { name, attributes: readAttributes(attributes, at), children: [], text: "" };
      inner.children.push(element);
      if (!empty) open.push(element);
    }
  }
  const [{ children, text }] = open;
  if (open.length > 1) throw new Error(`<${open[open.length - 1].name}> is never closed`);
  if (children.length !== 1 || text.replace(children[0].text, "").trim()) throw new Error("not one root");
  return children[0];
}

/** An element and everything in it. */
export function elements(root: Element): Element[] {
  return [root, ...root.children.flatMap(elements)];
}

function readAttributes(source: string, at: number): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, value] of source.matchAll(new RegExp(`(${NAME})="([^"]*)"`, "g"))) {
    if (name in found) throw new Error(`${name} is given twice at ${at}`);
    found[name] = decode(value, at);
  }
  return found;
}

function decode(text: string, at: number): string {
  if (text.replace(ENTITY, "").includes("&")) throw new Error(`a bare & at ${at}: ${text}`);
  const words: Record<string, string> = {
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&apos;": "'",
  };
  return text.replace(ENTITY, (entity) => words[entity] ?? entity);
}

/** A diagnostic of TypeScript, or one link of its chain: what is needed here. */
interface Message {
  readonly messageText: string;
  readonly next?: readonly Message[] | undefined;
}

/**
 * What to print of a diagnostic. TypeScript wraps the sentence of a shape error, "Linear expects 2048 features, got 1568
 * (layer 5 of 5)", in two lines about arguments and types: of such an error this is the sentence alone, of any other
 * the text as it is, a line for each link of the chain.
 *
 * @param messageText of a diagnostic: its text, or the chain of its texts
 */
export function typeErrorText(messageText: string | Message): string {
  const text = typeof messageText === "string" ? messageText : lines(messageText).join("\n");
  return sentenceIn(text) ?? text;
}

/** The type that no layer has and that was asked of this one, at the end of the last line: alone, or with the layer's. */
function sentenceIn(text: string): string | undefined {
  if (!text.startsWith("Argument of type '")) return undefined;
  const type = /(?: type '| & )("[^"\n]* expects [^"\n]*, got [^"\n]*")'\.$/.exec(text)?.[1];
  return type === undefined ? undefined : (JSON.parse(type) as string);
}

function lines({ messageText, next = [] }: Message, depth = 0): string[] {
  return [`${"  ".repeat(depth)}${messageText}`, ...next.flatMap((link) => lines(link, depth + 1))];
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Compiled } from "./compiled";

/** What a script under the fake kernel sent: each message, and what went to standard output as text. */
export interface Sent {
  messages: { data: Record<string, unknown>; metadata: object; transient: { display_id?: string }; update: boolean }[]; // prettier-ignore
  text: string;
}

/** Run a script as stock tslab would: a module that holds the function that sends, and a global that says so. */
export function underTslab(library: Compiled, script: string, env: Record<string, string> = {}): Sent {
  const folder = join(library.folder, "tslab", "dist");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "..", "package.json"), '{ "type": "commonjs" }');
  writeFileSync(join(folder, "jupyter.js"), "exports.lastWriteDisplayData = null;\n");
  const { stdout, stderr, status } = library.run(
    `import { createRequire } from "node:module";
     import { writeFileSync } from "node:fs";
     globalThis.__tslab__ = {};
     const messages = [];
     const jupyter = createRequire(import.meta.url)("./tslab/dist/jupyter.js");
     jupyter.lastWriteDisplayData = (message, update) => messages.push(JSON.parse(JSON.stringify({ ...message, update })));
     const lib = await import("KERNEL_LIB");
     ${script}
     await new Promise((resolve) => setTimeout(resolve, 20));
     writeFileSync(new URL("./sent.json", import.meta.url), JSON.stringify(messages));`,
    { env },
  );
  if (status !== 0 || stderr) throw new Error(`the script failed (${status}): ${stderr}`);
  return { messages: JSON.parse(library.read("sent.json")), text: stdout };
}

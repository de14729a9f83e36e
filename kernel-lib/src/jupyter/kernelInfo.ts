/** What the kernel says of itself. */

import { PROTOCOL_VERSION, type Replies } from "./messages.js";

/** @param typescript the version that cells are written in */
export function kernelInfo(typescript: string): Replies["kernel_info_reply"] {
  return {
    status: "ok",
    protocol_version: PROTOCOL_VERSION,
    implementation: "kernel-lib",
    implementation_version: "0.1.0",
    language_info: {
      name: "typescript",
      version: typescript,
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: { mode: "typescript", name: "javascript", typescript: true },
      nbconvert_exporter: "script",
    },
    banner: `TypeScript ${typescript} · Node ${process.versions.node}`,
    debugger: false,
    help_links: [{ text: "TypeScript", url: "https://www.typescriptlang.org/docs/handbook/" }],
    supported_features: [],
  };
}

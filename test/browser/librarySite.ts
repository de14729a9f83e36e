/** The built library on a site of its own: what a page imports, and files of the course and of the tests for it to read. */
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { library } from "../../kernel-lib/commands/steps/library.mjs";
import { root } from "../notebooks/fixtures.js";

export interface Site {
  url: string;
  /** Whether its pages may share memory between threads. */
  isolated: boolean;
  close(): void;
}

const PAGE = `<!doctype html><html lang="en"><link rel="icon" href="data:,"><script type="module">
  import * as kernelLib from "./browser.js";
  globalThis.kernelLib = kernelLib;
</script>`;

const FOLDERS = { "/data/": root, "/made/": join(root, "test", "data") };

export async function librarySite(): Promise<Site> {
  await library();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://x");
    if (site.isolated) {
      response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    }
    if (pathname === "/") return response.setHeader("Content-Type", "text/html").end(PAGE);
    const [, folder = join(root, "kernel-lib", "dist")] =
      Object.entries(FOLDERS).find(([start]) => pathname.startsWith(start)) ?? [];
    const path = join(folder, pathname);
    if (!existsSync(path)) return response.writeHead(404).end();
    response.setHeader("Content-Type", path.endsWith(".js") ? "text/javascript" : "application/octet-stream");
    return createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const site: Site = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    isolated: false,
    close: () => server.close(),
  };
  return site;
}

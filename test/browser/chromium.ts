/**
 * A fresh Chromium that calls nobody, and a page of it that remembers what it asked for and what went wrong.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { findChromium } from "../../kernel-lib/commands/steps/chromium.mjs";

export interface Browser {
  context: BrowserContext;
  close(): Promise<void>;
}

export async function launchChromium(options: BrowserContextOptions = {}): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
    ...options,
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export interface WatchedPage {
  page: Page;
  /** Every address the page asked for, but for what it brings along (data:, blob:). */
  requests: string[];
  /** Errors of its scripts and of its console, and requests that failed. */
  problems: string[];
}

export async function watchedPage({ context }: Browser): Promise<WatchedPage> {
  const page = await context.newPage();
  const requests: string[] = [];
  const problems: string[] = [];
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url())) requests.push(request.url());
  });
  page.on("requestfailed", (request) => problems.push(`failed: ${request.url().slice(0, 200)}`));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  return { page, requests, problems };
}

/** The hosts other than this machine that were asked for something. */
export function foreignHosts(requests: string[]): string[] {
  const hosts = requests.map((url) => new URL(url)).filter(({ protocol }) => /^(http|ws)/.test(protocol));
  return [...new Set(hosts.map(({ hostname }) => hostname))].filter((name) => name !== "127.0.0.1");
}

/** Keeps one child alive that runs cells: starts it, stops it when it is stuck, and starts another when it has ended. */

import { spawn, type ChildProcess } from "node:child_process";
import { Writable, type Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { fileURLToPath } from "node:url";
import { say } from "../display/language.js";
import { signalGroup } from "./group.js";
import type { News, Order, Origin } from "./orders.js";
import { FrameReader, NEWS_FD, ORDERS_FD, frame } from "./pipe.js";

/** Why a child is gone. */
export type Loss = { because: "stuck" } | { because: "ended"; how: string };

/** Who hears of the child. */
export interface Listener {
  news(news: News): void;
  /** What something other than the cell's own JavaScript printed: a program it started, or Node's last words. */
  printed(name: "stdout" | "stderr", text: string): void;
  /** The child is gone, and its variables with it; another is on its way. */
  lost(loss: Loss): void;
}

/** How long an interrupted child may stay silent before it is replaced. */
const GRACE_MS = 1_800;
/** The same when code in it has asked to answer interrupts itself: training ends its batch first. */
const LISTENING_GRACE_MS = 15_000;
/** A child that cannot even start is tried again this much later. */
const RETRY_MS = 1_000;

const CHILD = fileURLToPath(new URL("child.js", import.meta.url));

export class Supervisor {
  #child: ChildProcess;
  /** Orders from before the child was ready; it would read them then anyway, but not hear an interrupt. */
  #early: Order[] | undefined = [];
  #listens = false;
  #grace: NodeJS.Timeout | undefined;
  #stuck = false;
  #over = false;
  readonly #listener: Listener;

  constructor(listener: Listener) {
    this.#listener = listener;
    this.#child = this.#start();
  }

  send(order: Order): void {
    if (this.#early) this.#early.push(order);
    else (this.#child.stdio[ORDERS_FD] as Writable).write(frame(order));
  }

  /** Stop a cell, gently at first. */
  interrupt(origin: Origin | null): void {
    this.send({ kind: "interrupt", origin });
    if (this.#early) return; // it is still starting, which is not the cell's fault
    this.#grace ??= setTimeout(
      () => {
        this.#stuck = true;
        signalGroup(this.#child.pid, "SIGKILL");
      },
      this.#listens ? LISTENING_GRACE_MS : GRACE_MS,
    );
  }

  /** End the child for good. */
  end(): void {
    this.#over = true;
    clearTimeout(this.#grace);
    signalGroup(this.#child.pid, "SIGKILL");
  }

  #start(): ChildProcess {
    // With the flags of Node that the front was given: the kernel's specification means them for who computes.
    const child = spawn(process.execPath, [...process.execArgv, CHILD], {
      stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
      detached: process.platform !== "win32", // Ctrl+C in a terminal is for the front; a child hears of it in its own way
      windowsHide: true,
    });
    const reader = new FrameReader<News>();
    const news = child.stdio[NEWS_FD] as Readable;
    news.on("data", (piece: Buffer) => {
      if (this.#over) return;
      for (const each of reader.push(piece)) this.#hear(each);
    });
    for (const stream of child.stdio) stream?.on("error", () => {}); // that it is gone is heard below
    for (const name of ["stdout", "stderr"] as const) {
      const decoder = new StringDecoder("utf8");
      child[name]!.on("data", (bytes: Buffer) => this.#listener.printed(name, decoder.write(bytes)));
    }
    const ended = (how: string): void => {
      if (this.#over || child !== this.#child) return;
      const loss: Loss = this.#stuck ? { because: "stuck" } : { because: "ended", how };
      clearTimeout(this.#grace);
      this.#grace = undefined;
      const began = this.#early === undefined;
      this.#stuck = this.#listens = false;
      this.#early = [];
      if (began) this.#child = this.#start();
      else setTimeout(() => !this.#over && (this.#child = this.#start()), RETRY_MS);
      this.#listener.lost(loss);
    };
    child.once("error", (error) => ended(error.message));
    child.once("exit", (code, signal) => {
      const how = signal
        ? say({ en: `signal ${signal}`, zh: `信号 ${signal}` })
        : say({ en: `exit status ${code}`, zh: `退出状态 ${code}` });
      // "close" comes when every word is read; a program that a cell started may hold a pipe open for ever.
      const timer = setTimeout(() => ended(how), 300);
      child.once("close", () => {
        clearTimeout(timer);
        ended(how);
      });
    });
    return child;
  }

  #hear(news: News): void {
    if (news.kind === "ready") {
      const early = this.#early ?? [];
      this.#early = undefined;
      early.forEach((order) => this.send(order));
    } else if (news.kind === "listens") this.#listens = news.listens;
    else if (news.kind === "heard") {
      clearTimeout(this.#grace);
      this.#grace = undefined;
    }
    this.#listener.news(news);
  }
}

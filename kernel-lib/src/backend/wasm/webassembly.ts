/*
 * The part of WebAssembly's JavaScript interface that is used here; TypeScript declares it for browsers only.
 */

export interface WasmModule {
  readonly compiled?: never;
}
export interface WasmMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  grow(pages: number): number;
}
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

export interface WebAssemblyInterface {
  Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
  Instance: new (
    module: WasmModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => WasmInstance;
  Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => WasmMemory;
}

/** WebAssembly, or `undefined` where there is none. */
export const wasm: WebAssemblyInterface | undefined = (globalThis as { WebAssembly?: WebAssemblyInterface })
  .WebAssembly;

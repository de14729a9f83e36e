import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { data, tensor } from "kernel-lib";
import { afterAll, describe, expect, test } from "vitest";
import { patched } from "./damage";

const made = (name: string): string => fileURLToPath(new URL(`made/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "wav-"));
afterAll(() => rmSync(folder, { recursive: true }));

const letters = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

/** A mono file of 16 bits at 8000 Hz by hand, with chunks before and behind "fmt ". */
function byHand(before: number[], between: number[], samples: number[]): Uint8Array {
  const format = [1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0];
  const body = [...letters("WAVE"), ...before, ...letters("fmt "), 16, 0, 0, 0, ...format, ...between, ...letters("data"), samples.length, 0, 0, 0, ...samples]; // prettier-ignore
  return Uint8Array.from([...letters("RIFF"), body.length, 0, 0, 0, ...body]);
}

describe("readWav()", () => {
  test.each([8, 16, 24, 32])("reads stereo of %i bits as Python wrote it", (bits) => {
    const { samples, sampleRate } = data.readWav(made(`sound-${bits}.wav`));
    const [one, step] = [Math.fround(1 - 2 ** (1 - bits)), 2 ** (1 - bits)];
    expect(sampleRate).toBe(8000);
    expect(samples.toArray()).toEqual([[-1, 0, -0.25], [one, 0.5, step]]); // prettier-ignore
  });

  test("passes over other chunks, also of odd length", () => {
    const odd = [...letters("LIST"), 3, 0, 0, 0, 1, 2, 3, 0]; // three bytes, and one more to make it even
    const even = [...letters("fact"), 4, 0, 0, 0, 9, 9, 9, 9];
    const { samples, sampleRate } = data.readWav(byHand(odd, even, [0, 0x40, 0, 0x80]));
    expect([samples.toArray(), sampleRate]).toEqual([[[0.5, -1]], 8000]);
  });

  test("reads a format that is described at length", () => {
    const [left, right] = [data.writeWav({ samples: tensor([[0.5], [-0.25]]), sampleRate: 48000 }, undefined, { bits: 24 }), []]; // prettier-ignore
    const guid = [1, 0, 0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];
    const format = [0xfe, 0xff, ...left.slice(22, 36), 22, 0, 24, 0, 3, 0, 0, 0, ...guid];
    const bytes = Uint8Array.from([
      ...left.slice(0, 16),
      40,
      0,
      0,
      0,
      ...format,
      ...left.slice(36),
      ...right,
    ]);
    expect(data.readWav(bytes).samples.toArray()).toEqual([[0.5], [-0.25]]);
  });

  test("reads to the end where a program could not go back to fill in the size", () => {
    const bytes = byHand([], [], [0, 0x40, 0, 0x80]);
    expect(data.readWav(patched(bytes, 40, 255, 255, 255, 255)).samples.toArray()).toEqual([[0.5, -1]]);
  });

  test("reads a file without samples", () => {
    expect(data.readWav(byHand([], [], [])).samples.shape).toEqual([1, 0]);
  });
});

describe("readWav() with another sample rate", () => {
  /** A second of a tone, left loud and right silent, at 16 kHz in the file. */
  const tone = (hz: number): Uint8Array => {
    const wave = Array.from({ length: 16000 }, (_, i) => Math.sin((2 * Math.PI * hz * i) / 16000));
    const silence = new Array<number>(16000).fill(0);
    return data.writeWav({ samples: tensor([wave, silence]), sampleRate: 16000 }, undefined, { float: true });
  };
  /** Farthest from a tone of the given loudness, the ends left out, where the filter looks beyond the sound. */
  const farthest = (sound: data.Sound, hz: number, loudness: number): number => {
    const values = [...sound.samples.at(0).data].slice(50, -50);
    return Math.max(...values.map((value, i) => Math.abs(value - loudness * Math.sin((2 * Math.PI * hz * (i + 50)) / sound.sampleRate)))); // prettier-ignore
  };

  test.each([8000, 11025, 48000])("keeps a tone what it is at %i Hz", (sampleRate) => {
    const sound = data.readWav(tone(440), { sampleRate });
    expect([sound.samples.shape, sound.sampleRate]).toEqual([[2, sampleRate], sampleRate]);
    expect(farthest(sound, 440, 1)).toBeLessThan(0.003);
    expect(sound.samples.at(1).abs().max().item()).toBe(0);
  });

  test("takes away a tone that the new rate cannot hold", () => {
    expect(farthest(data.readWav(tone(6000), { sampleRate: 8000 }), 6000, 0)).toBeLessThan(0.003);
  });

  test("can take the mean of the channels, and leaves the rate as it is unless asked", () => {
    const sound = data.readWav(tone(440), { mono: true });
    expect([sound.samples.shape, sound.sampleRate]).toEqual([[1, 16000], 16000]);
    expect(farthest(sound, 440, 0.5)).toBeLessThan(1e-6);
  });
});

describe("writeWav()", () => {
  test("puts down the header that every player knows", () => {
    const bytes = data.writeWav({ samples: tensor([0.5, -1]), sampleRate: 8000 });
    expect([...bytes]).toEqual([...byHand([], [], [0, 0x40, 0, 0x80])]);
  });

  test("cuts off what is too loud, but not in floats", () => {
    const loud = { samples: tensor([[1, 3, -3]]), sampleRate: 1 };
    expect(data.readWav(data.writeWav(loud)).samples.toArray()).toEqual([[1 - 2 ** -15, 1 - 2 ** -15, -1]]);
    expect(data.readWav(data.writeWav(loud, undefined, { float: true })).samples.toArray()).toEqual([[1, 3, -3]]); // prettier-ignore
  });

  test.each<[number, boolean]>([[8, false], [16, false], [24, false], [32, true], [64, true]])(
    "and readWav() give back sound, at %i bits to half a step (floats: %s)",
    (bits, float) => {
      const path = join(folder, `${bits}.wav`);
      const sound = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 20 })).chain(([channels, length]) =>
        fc.float32Array({ minLength: channels * length, maxLength: channels * length, min: -1, max: 1, noNaN: true })
          .map((values) => tensor(values).reshape(channels, length)),
      ); // prettier-ignore
      fc.assert(
        fc.property(sound, fc.integer({ min: 1, max: 2 ** 32 - 1 }), (samples, sampleRate) => {
          const bytes = data.writeWav({ samples, sampleRate }, path, { bits, float });
          const back = data.readWav(path);
          expect([back.samples.shape, back.sampleRate, bytes.length % 2]).toEqual([samples.shape, sampleRate, 0]);
          const step = float ? 0 : 2 ** (1 - bits);
          back.samples.data.forEach((value: number, i: number) => {
            const wanted = Math.min(samples.data[i], 1 - step);
            expect(Math.abs(value - wanted)).toBeLessThanOrEqual(step / 2);
          });
        }),
        { seed: 5, numRuns: 40 },
      );
    },
  ); // prettier-ignore
});

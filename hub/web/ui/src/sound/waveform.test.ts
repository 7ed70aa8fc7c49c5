import { expect, test } from "vitest";
import { bars, levelled, peaks } from "./waveform";

test("each stretch is as loud as its loudest sample, up or down", () => {
  expect(peaks([0, 0.1, -0.5, 0.2, 0, 0], 3)).toEqual([0.1, 0.5, 0]);
});

test("no sample is left out, however unevenly they divide", () => {
  const samples = new Float32Array(1009);
  for (let place = 0; place < samples.length; place++) {
    samples[place] = 1;
    expect(Math.max(...peaks(samples, 100))).toBe(1);
    samples[place] = 0;
  }
});

test("a sound shorter than its picture is stretched, and no sound is silence", () => {
  expect(peaks([0.25, 1], 4)).toEqual([0.25, 0.25, 1, 1]);
  expect(peaks([], 3)).toEqual([0, 0, 0]);
});

test("a quiet recording is made visible, by one measure for both sides", () => {
  expect(levelled([[0.2, 0.1], [0.05]])).toEqual([[1, 0.5], [0.25]]);
});

test("the hiss of a silent line does not look like speech", () => {
  expect(levelled([[0.001, 0.002]])).toEqual([[0.1, 0.2]]);
});

test("the first of two tracks stands above the second, and neither reaches over the middle", () => {
  const drawn = bars([Array(8).fill(1), Array(8).fill(0.5)], 160, 60);
  const [above, below] = [drawn.slice(0, 8), drawn.slice(8)];
  expect(above.every((bar) => bar.y >= 0 && bar.y + bar.height < 30)).toBe(true);
  expect(below.every((bar) => bar.y > 30 && bar.y + bar.height <= 60)).toBe(true);
});

test("one track has the whole height; silence is a thin line; bars begin where their time does", () => {
  expect(bars([[1, 0]], 100, 40)).toEqual([
    { x: 0, y: 0, width: 33, height: 40, at: 0 },
    { x: 50, y: 19, width: 33, height: 2, at: 0.5 },
  ]);
});

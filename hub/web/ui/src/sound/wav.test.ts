import { expect, test } from "vitest";
import { encodeWav, mixed } from "./wav";

test("a WAV file says what it holds, and holds it in 16 bits", () => {
  const file = new DataView(encodeWav(Float32Array.of(0, 1, -1, 0.5), 16000));
  const word = (at: number) => String.fromCharCode(...new Uint8Array(file.buffer, at, 4));
  expect([0, 8, 12, 36].map(word)).toEqual(["RIFF", "WAVE", "fmt ", "data"]);
  expect([4, 16, 24, 28, 40].map((at) => file.getUint32(at, true))).toEqual([44, 16, 16000, 32000, 8]);
  expect([20, 22, 32, 34].map((at) => file.getUint16(at, true))).toEqual([1, 1, 2, 16]);
  expect([44, 46, 48, 50].map((at) => file.getInt16(at, true))).toEqual([0, 32767, -32767, 16384]);
});

test("what is too loud is cut, and does not turn over", () => {
  const file = new DataView(encodeWav(Float32Array.of(1.5, -2), 8000));
  expect([44, 46].map((at) => file.getInt16(at, true))).toEqual([32767, -32767]);
});

test("several tracks become their mean, and no more than is wanted", () => {
  expect([...mixed([Float32Array.of(1, 0, 1), Float32Array.of(0, 0, 1)], 2)]).toEqual([0.5, 0]);
  expect(mixed([new Float32Array(0)], 9)).toHaveLength(0);
});

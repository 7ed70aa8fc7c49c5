/** A WAV file of 16 bits and one track, out of samples from -1 to 1. Pure. */

const HEADER = 44;
const PCM = 1;

/** The layout of RIFF/WAVE; all numbers are little-endian. */
export function encodeWav(samples: Float32Array, rate: number): ArrayBuffer {
  const size = samples.length * 2;
  const file = new DataView(new ArrayBuffer(HEADER + size));
  word(file, 0, "RIFF");
  file.setUint32(4, HEADER - 8 + size, true);
  word(file, 8, "WAVEfmt ");
  file.setUint32(16, 16, true);
  file.setUint16(20, PCM, true);
  file.setUint16(22, 1, true);
  file.setUint32(24, rate, true);
  file.setUint32(28, rate * 2, true);
  file.setUint16(32, 2, true);
  file.setUint16(34, 16, true);
  word(file, 36, "data");
  file.setUint32(40, size, true);
  samples.forEach((sample, at) => {
    file.setInt16(HEADER + at * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 0x7fff), true);
  });
  return file.buffer as ArrayBuffer;
}

/** One track of several: their mean, of `most` samples at most. */
export function mixed(tracks: readonly Float32Array[], most: number): Float32Array {
  const length = Math.min(most, ...tracks.map((track) => track.length));
  return Float32Array.from(
    { length },
    (_, at) => tracks.reduce((sum, track) => sum + (track[at] ?? 0), 0) / tracks.length,
  );
}

function word(file: DataView, at: number, text: string): void {
  [...text].forEach((letter, place) => {
    file.setUint8(at + place, letter.charCodeAt(0));
  });
}

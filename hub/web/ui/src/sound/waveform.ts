/** What a waveform shows: how loud each moment of each track was, and where its bars stand. Pure. */

/** Loudness of equal stretches of time, 0 to 1. */
export type Track = readonly number[];

export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Which part of the sound lies before it, 0 to 1. */
  at: number;
}

/** Below this share of full scale a sound is as good as silent, and is not blown up to look like speech. */
const QUIET = 0.01;
const FILLED = 0.66;
const BETWEEN_TRACKS = 4;
const LEAST = 2;

/** The loudest sample, by size, of each of `count` equal stretches. */
export function peaks(samples: ArrayLike<number>, count: number): Track {
  const edge = (place: number) => Math.floor((place * samples.length) / count);
  return Array.from({ length: count }, (_, place) =>
    loudest(samples, edge(place), Math.max(edge(place) + 1, edge(place + 1))),
  );
}

/** As loud as can be shown, by one measure for all tracks, so that who speaks softly looks softer. */
export function levelled(tracks: readonly Track[]): Track[] {
  const top = Math.max(QUIET, ...tracks.flat());
  return tracks.map((track) => track.map((loud) => loud / top));
}

/** The first track stands uppermost; each has the same height, and its bars grow from its middle. */
export function bars(tracks: readonly Track[], width: number, height: number): Bar[] {
  const lane = height / tracks.length;
  const room = tracks.length > 1 ? lane - BETWEEN_TRACKS : lane;
  return tracks.flatMap((track, row) =>
    track.map((loud, place) => {
      const tall = Math.max(LEAST, loud * room);
      const at = place / track.length;
      return {
        x: at * width,
        y: lane * (row + 0.5) - tall / 2,
        width: (width / track.length) * FILLED,
        height: tall,
        at,
      };
    }),
  );
}

function loudest(samples: ArrayLike<number>, from: number, to: number): number {
  let found = 0;
  for (let place = from; place < to; place++) found = Math.max(found, Math.abs(samples[place] ?? 0));
  return found;
}

/** What is said into this computer's microphone, until it is stopped. */

import { encodeWav, mixed } from "./wav";

/** Why there is nothing to record with. */
export type Trouble = "insecure" | "refused" | "none" | "taken";

export interface Taking {
  /** How loud it is now, 0 to 1. */
  level(): number;
  stop(): void;
  /** Once stopped, by us or by whoever pulled the plug. */
  taken: Promise<Blob>;
}

/** Samples a second: finer than a telephone, and two minutes of it are four megabytes. */
const RATE = 16_000;
const REASONS: Record<string, Trouble> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "none",
};

export function troubleOf(error: unknown): Trouble {
  return REASONS[error instanceof Error ? error.name : ""] ?? "taken";
}

/** Raises what the browser says when nobody may listen; `troubleOf` tells it. */
export async function openMicrophone(): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
}

/** A page that did not come over HTTPS is shown no microphones at all. */
export const isOffered = (): boolean => Boolean(navigator.mediaDevices);

export function take(stream: MediaStream): Taking {
  const sounds = new AudioContext();
  const ear = sounds.createAnalyser();
  const recorder = new MediaRecorder(stream);
  const pieces: Blob[] = [];
  sounds.createMediaStreamSource(stream).connect(ear);
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  const taken = new Promise<Blob>((done) => {
    recorder.onstop = () => {
      close(stream);
      void sounds.close();
      done(new Blob(pieces, { type: recorder.mimeType }));
    };
  });
  recorder.start();
  return { taken, level: () => loudness(ear), stop: () => recorder.state !== "inactive" && recorder.stop() };
}

export function close(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** As a WAV file of 16 bits and one track, `most` seconds at most. Raises when there is nothing in it. */
export async function asWav(recorded: Blob, most: number): Promise<Blob> {
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await recorded.arrayBuffer());
  const tracks = Array.from({ length: sound.numberOfChannels }, (_, one) => sound.getChannelData(one));
  return new Blob([encodeWav(mixed(tracks, most * RATE), RATE)], { type: "audio/wav" });
}

function loudness(ear: AnalyserNode): number {
  const samples = new Float32Array(ear.fftSize);
  ear.getFloatTimeDomainData(samples);
  return Math.min(1, Math.max(...samples.map(Math.abs)));
}

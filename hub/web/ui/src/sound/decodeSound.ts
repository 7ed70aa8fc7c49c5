import { levelled, peaks, type Track } from "./waveform";

export const BARS = 96;
/** What a telephone carries; anything finer only costs memory here. */
const RATE = 8000;

export interface Decoded {
  seconds: number;
  tracks: Track[];
}

/** At most two tracks' loudness. Throws when the browser does not know the format. */
export async function decodeSound(file: Blob): Promise<Decoded> {
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer());
  const channels = Array.from({ length: Math.min(2, sound.numberOfChannels) }, (_, one) => sound.getChannelData(one));
  return { seconds: sound.duration, tracks: levelled(channels.map((samples) => peaks(samples, BARS))) };
}

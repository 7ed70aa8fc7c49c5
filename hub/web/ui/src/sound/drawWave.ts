import { bars, type Track } from "./waveform";

/** Paints the tracks in the colours of the theme; `part` (0 to 1) of the sound has been heard. */
export function drawWave(canvas: HTMLCanvasElement, tracks: readonly Track[], part: number): void {
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const { clientWidth: width, clientHeight: height } = canvas;
  const { color, borderColor } = getComputedStyle(canvas);
  canvas.width = width * devicePixelRatio; // also wipes it
  canvas.height = height * devicePixelRatio;
  pen.scale(devicePixelRatio, devicePixelRatio);
  for (const bar of bars(tracks, width, height)) {
    pen.fillStyle = bar.at < part ? color : borderColor;
    pen.fillRect(bar.x, bar.y, bar.width, bar.height);
  }
  pen.fillStyle = color;
  if (part > 0) pen.fillRect(Math.min(part * width, width - 2), 0, 2, height);
}

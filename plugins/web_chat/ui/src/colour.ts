/** A site's colour, made to work: what to write on it, and how it must shift to be read on a dark page. */

type Rgb = [number, number, number];

export function rgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Relative luminance, WCAG 2.2. */
export function luminance(hex: string): number {
  const [r, g, b] = rgb(hex).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever reads better on this. */
export function ink(hex: string): string {
  return contrast(hex, "#ffffff") >= contrast(hex, "#10131a") ? "#ffffff" : "#10131a";
}

/** The colour itself, or mixed towards white or black until text in it reads on `ground` (4.5 to 1). */
export function readable(hex: string, ground: string): string {
  const towards: Rgb = luminance(ground) > 0.5 ? [0, 0, 0] : [255, 255, 255];
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(rgb(hex), towards, share);
    if (contrast(mixed, ground) >= 4.5) return mixed;
  }
  return mix(rgb(hex), towards, 1);
}

function mix(colour: Rgb, towards: Rgb, share: number): string {
  const parts = colour.map((part, index) => Math.round(part + ((towards[index] ?? 0) - part) * share));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** The design's few numbers. One truth for the style sheets (as --custom-properties) and for Naive UI. */

export interface Palette {
  canvas: string;
  surface: string;
  sunken: string;
  hover: string;
  line: string;
  lineStrong: string;
  text: string;
  textSoft: string;
  textFaint: string;
  accent: string;
  accentHover: string;
  accentPressed: string;
  accentText: string;
  accentSoft: string;
  onAccent: string;
  good: string;
  goodSoft: string;
  warn: string;
  warnSoft: string;
  bad: string;
  badSoft: string;
  note: string;
  noteLine: string;
  shadow: string;
}

export const light: Palette = {
  canvas: "#f3f2ee",
  surface: "#ffffff",
  sunken: "#faf9f7",
  hover: "#f1f0ec",
  line: "#e6e4de",
  lineStrong: "#d2cfc6",
  text: "#1e1f24",
  textSoft: "#52545c",
  textFaint: "#696b73",
  accent: "#4453c4",
  accentHover: "#3a48b1",
  accentPressed: "#313d99",
  accentText: "#3a48b1",
  accentSoft: "#eceefb",
  onAccent: "#ffffff",
  good: "#1a7247",
  goodSoft: "#e2f3e9",
  warn: "#8a5200",
  warnSoft: "#fcf0da",
  bad: "#b3261e",
  badSoft: "#fbe9e7",
  note: "#fdf7e3",
  noteLine: "#eadca6",
  shadow: "0 1px 2px rgb(30 31 36 / 5%), 0 8px 28px rgb(30 31 36 / 10%)",
};

export const dark: Palette = {
  canvas: "#121316",
  surface: "#1a1b1f",
  sunken: "#202226",
  hover: "#26282d",
  line: "#2d2f35",
  lineStrong: "#41444c",
  text: "#ececef",
  textSoft: "#b6b8c0",
  textFaint: "#979aa3",
  accent: "#5866d8",
  accentHover: "#6472e0",
  accentPressed: "#4a57c2",
  accentText: "#a5aff8",
  accentSoft: "#282c4b",
  onAccent: "#ffffff",
  good: "#62c792",
  goodSoft: "#17301f",
  warn: "#e3b062",
  warnSoft: "#372a14",
  bad: "#f2938a",
  badSoft: "#3d1f1d",
  note: "#2b2718",
  noteLine: "#4c4324",
  shadow: "0 1px 2px rgb(0 0 0 / 30%), 0 10px 32px rgb(0 0 0 / 45%)",
};

export const font =
  'Inter, -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';
export const monospace = '"JetBrains Mono", "SF Mono", Consolas, "Liberation Mono", monospace';

/** Writes the palette where the style sheets read it: `accentSoft` becomes `--accent-soft`. */
export function paint(palette: Palette, root: HTMLElement): void {
  for (const [name, value] of Object.entries(palette)) {
    root.style.setProperty(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value);
  }
}

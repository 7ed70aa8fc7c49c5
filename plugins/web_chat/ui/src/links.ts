/** Text with its links found, so that it can be shown without ever being taken for HTML. */

export interface Piece {
  text: string;
  href?: string;
}

const LINK = /https?:\/\/[^\s<>"'，。；！？、）】」』]+/gi;
const TRAILING = /[.,;:!?)\]}]+$/;

export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const href = match[0].replace(TRAILING, "");
    if (match.index > end) found.push({ text: text.slice(end, match.index) });
    found.push({ text: href, href });
    end = match.index + href.length;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}

/** Only these lead anywhere: a page or file name from the far side never runs a script. */
export function safe(href: string, base: string): string | undefined {
  try {
    const url = new URL(href, base);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : undefined;
  } catch {
    return undefined;
  }
}

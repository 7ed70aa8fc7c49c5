/** Small pictures on buttons: drawn, since not every machine has a character for each. Paths are Lucide's (ISC). */

const NS = "http://www.w3.org/2000/svg";
const PATHS = {
  previous: "m15 18-6-6 6-6",
  next: "m9 18 6-6-6-6",
  left: "M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8M3 3v5h5",
  right: "M21 12a9 9 0 1 1-9-9c2.52 0 4.93 1 6.74 2.74L21 8M21 3v5h-5",
  smaller: "M5 12h14",
  larger: "M5 12h14M12 5v14",
  fit: "m18 8 4 4-4 4M2 12h20M6 8l-4 4 4 4",
  invert: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zM12 18a6 6 0 0 0 0-12v12z",
  print: "M6 18H4a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2h-2M6 9V3a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v6M6 14h12v8H6z",
  close: "M18 6 6 18M6 6l12 12",
};

export function icon(key) {
  const picture = document.createElementNS(NS, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(NS, "path");
  path.setAttribute("d", PATHS[key]);
  picture.append(path);
  return picture;
}

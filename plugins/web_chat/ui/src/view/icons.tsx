/** The few pictures the widget needs, drawn with one pen. */

import type { JSX } from "preact";

const SHAPES = {
  chat: "M21 11.5a8.4 8.4 0 0 1-12.2 7.5L3.5 20.5l1.5-5A8.4 8.4 0 1 1 21 11.5Z",
  down: "m6 9 6 6 6-6",
  close: "M18 6 6 18M6 6l12 12",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M12 19V5m-6 6 6-6 6 6",
  clip: "m20.5 11.5-8.6 8.6a5.3 5.3 0 0 1-7.5-7.5L13 4a3.5 3.5 0 0 1 5 5l-8.6 8.5a1.8 1.8 0 0 1-2.5-2.5l7.9-7.8",
  check: "m5 12.5 4.5 4.5L19 7.5",
  checks: "m2 13 4 4 8-9m-3.5 8 1 1 8.5-9",
  clock: "M12 7v5l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  warn: "M12 8v5m0 3.2v.1m9-4.3a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  file: "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8l-5-5Zm0 0v5h5",
  link: "M14 5h5v5m0-5-9 9M18 14v4a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h4",
  mail: "M4 6h16v12H4V6Zm0 .5 8 6.5 8-6.5",
  phone: "M6 3h3l1.5 5-2 1.5a12 12 0 0 0 6 6l1.5-2 5 1.5v3a2 2 0 0 1-2.2 2A17 17 0 0 1 4 5.2 2 2 0 0 1 6 3Z",
  star: "m12 3.8 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8L12 3.8Z",
  history: "M3.5 12a8.5 8.5 0 1 0 2.7-6.2L3.5 8.3m0-4.3v4.3h4.3M12 7.5V12l3 2",
} as const;

export type Shape = keyof typeof SHAPES;

export function Icon({ shape, filled }: { shape: Shape; filled?: boolean }): JSX.Element {
  return (
    <svg
      viewBox="0 0 24 24"
      fill={filled ? "currentColor" : "none"}
      stroke="currentColor"
      stroke-width={shape === "more" ? 3 : 1.9}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={SHAPES[shape]} />
    </svg>
  );
}

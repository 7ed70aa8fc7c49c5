/** How it looks; colours are the inbox's own. */

import { style } from "./element.js";

export const look = style(`
:host { display: block; font: inherit; color: var(--text); }
[hidden] { display: none !important; }
p { margin: 0; }
.small .stage { max-height: min(320px, 32vh); }
button, select, input[inputmode="tel"] { font: inherit; font-size: 12px; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong); border-radius: 8px; padding: 4px 8px; }
button { cursor: pointer; }
button:disabled { opacity: 0.5; cursor: default; }
button[aria-pressed="true"] { background: var(--accent-soft); border-color: var(--accent-text); }
:focus-visible { outline: 2px solid var(--accent-text); outline-offset: 1px; }
.tool { display: inline-flex; padding: 5px; }
svg { width: 15px; height: 15px; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
.soft { color: var(--text-soft); font-size: 12px; }
.row { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; }
.grow { flex: 1; }
.warn { padding: 6px 10px; border-radius: 8px; background: var(--warn-soft); color: var(--warn); font-size: 13px; }
.bad { color: var(--bad); }
.good { color: var(--good); }
.viewer { display: grid; gap: 8px; width: min(640px, 100%); }
.strip { display: flex; flex-wrap: wrap; gap: 6px; margin: 0; padding: 2px; list-style: none; max-height: 190px; overflow: auto; }
.strip button { position: relative; width: 60px; height: 84px; padding: 0; border-radius: 4px; background: #fff no-repeat; }
.strip button[aria-current="true"] { outline: 2px solid var(--accent-text); outline-offset: 1px; }
.strip .number { position: absolute; right: 2px; bottom: 2px; padding: 0 4px; border-radius: 4px; background: var(--surface); color: var(--text); font-size: 11px; }
.strip [data-mark]:not([data-mark=""])::before { content: attr(data-mark); position: absolute; left: 2px; top: 2px; padding: 0 4px; border-radius: 4px; background: var(--warn-soft); color: var(--warn); font-size: 11px; }
.stage { max-height: min(460px, 50vh); overflow: auto; border: 1px solid var(--line-strong); border-radius: 8px; background: var(--sunken); }
.leaf { position: relative; margin: 0 auto; background: #fff; overflow: hidden; }
.leaf img { position: absolute; left: 50%; top: 50%; max-width: none; }
.inverted { filter: invert(1); }
pre { margin: 6px 0 0; max-height: 260px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; font-size: 13px; user-select: text; }
summary { cursor: pointer; font-size: 12px; color: var(--text-soft); }
a { color: var(--accent-text); }
progress { width: 160px; height: 6px; accent-color: var(--accent); }
.message { display: grid; gap: 8px; }
`);

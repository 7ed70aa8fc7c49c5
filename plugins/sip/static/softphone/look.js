/** How it looks; colours are the inbox's own. */

export const look = new CSSStyleSheet();
look.replaceSync(`
:host { position: relative; display: block; font: inherit; font-size: 13px; color: var(--text); }
.told { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }
button, select { font: inherit; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong); border-radius: 8px; padding: 5px 10px; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent-text); outline-offset: 1px; }
.open { display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-width: 32px; height: 32px; padding: 0 8px; border: 0; background: none; color: var(--text-soft); }
.open:hover { background: var(--hover); color: var(--text); }
svg { width: 18px; height: 18px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.lamp, .dot { width: 9px; height: 9px; flex: none; border-radius: 50%; background: var(--text-faint); }
.READY .lamp, .HELD .lamp, .good { background: var(--good); }
.TALKING .lamp { background: var(--accent-text); }
.RINGING .lamp, .CONNECTING .lamp, .fair { background: var(--warn); }
.LOST .lamp, .DENIED .lamp, .NO_MICROPHONE .lamp, .ELSEWHERE .lamp, .poor { background: var(--bad); }
.card { position: absolute; top: 40px; right: 0; z-index: 2600; width: 340px; display: grid; gap: 12px; padding: 16px; max-height: 80vh; overflow: auto;
  background: var(--surface); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); }
h2 { font-size: 15px; margin: 0; }
p { margin: 0; }
.soft { color: var(--text-soft); }
.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.grow { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; }
label { display: grid; gap: 4px; font-size: 12px; color: var(--text-soft); }
select { width: 100%; min-width: 0; }
.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.danger { color: var(--bad); }
.devices { display: grid; gap: 10px; justify-items: start; }
.devices label { width: 100%; }
.calls { display: grid; gap: 8px; padding: 10px 12px; border-radius: 10px; background: var(--sunken); }
meter { width: 100%; height: 8px; }
.choice { display: grid; grid-template-columns: 1fr 1fr; gap: 6px; border: 0; margin: 0; padding: 0; }
legend { padding: 0; margin-bottom: 4px; font-size: 12px; color: var(--text-soft); }
.choice button[aria-pressed="true"] { background: var(--accent-soft); border-color: var(--accent-text); color: var(--accent-text); }
`);

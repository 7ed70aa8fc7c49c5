/** How the page looks; colours are the inbox's own. */

export const look = new CSSStyleSheet();
look.replaceSync(`
:host { display: block; margin-top: 24px; font: inherit; color: inherit; }
h2 { font-size: 16px; margin: 0 0 12px; }
h3 { font-size: 14px; margin: 0; }
.flow, .stage { border: 1px solid var(--line); border-radius: 12px; padding: 14px 16px; margin-bottom: 12px; }
.flow .stage { margin: 12px 0 0; }
.row { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; }
.grow { flex: 1; min-width: 120px; }
.faint { color: var(--text-soft); font-size: 12px; }
.wrong { margin: 0 0 6px; padding: 8px 10px; border-radius: 8px; background: var(--bad-soft); font-size: 13px; }
button, select, input, textarea { font: inherit; color: inherit; background: var(--surface, transparent);
  border: 1px solid var(--line); border-radius: 8px; padding: 6px 10px; }
button { cursor: pointer; }
button:disabled { opacity: 0.5; cursor: default; }
:focus-visible { outline: 2px solid var(--accent, #2f5fe0); outline-offset: 1px; }
.talk p { margin: 0; }
.talk { display: flex; flex-direction: column; gap: 6px; margin: 12px 0; max-height: 420px; overflow-y: auto; }
.line { align-self: flex-start; max-width: 80%; padding: 6px 10px; border-radius: 10px; background: var(--sunken);
  white-space: pre-wrap; overflow-wrap: anywhere; }
.line.own { align-self: flex-end; background: var(--accent-soft, var(--sunken)); border: 1px solid var(--line); }
.line.note { background: none; padding: 2px 0; }
textarea { width: 100%; box-sizing: border-box; min-height: 260px; font: 12px/1.5 ui-monospace, monospace; white-space: pre; }
label { display: inline-flex; gap: 6px; align-items: center; }
details { margin-top: 10px; }
`);

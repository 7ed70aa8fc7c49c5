/** How the page looks; colours are the inbox's own. */

export const look = new CSSStyleSheet();
look.replaceSync(`
:host { display: block; margin-top: 24px; font: inherit; color: inherit; }
h2 { font-size: 16px; margin: 0; }
h3 { font-size: 14px; margin: 0; }
p { margin: 4px 0 0; }
ul { list-style: none; margin: 12px 0 24px; padding: 0; border: 1px solid var(--line); border-radius: 12px; }
li { padding: 12px 16px; }
li + li { border-top: 1px solid var(--line); }
.row { display: flex; flex-wrap: wrap; gap: 10px; align-items: center; }
.grow { flex: 1; min-width: 160px; }
.faint { color: var(--text-soft); font-size: 12px; overflow-wrap: anywhere; }
.pill { padding: 2px 8px; border-radius: 999px; font-size: 12px; background: var(--sunken); color: var(--text-soft); }
.pill.good { background: var(--good-soft); color: var(--good); }
.pill.bad { background: var(--bad-soft); color: var(--bad); }
.wrong { padding: 8px 10px; border-radius: 8px; background: var(--bad-soft); color: var(--bad); font-size: 13px; }
.once { margin-top: 12px; padding: 12px 14px; border-radius: 10px; background: var(--good-soft); color: var(--text); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 14px; margin: 8px 0 12px; }
dd { margin: 0; font-family: var(--mono); user-select: all; overflow-wrap: anywhere; }
form { margin-top: 12px; align-items: end; }
label { display: grid; gap: 4px; font-size: 12px; color: var(--text-soft); }
button, input { font: inherit; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong);
  border-radius: 8px; padding: 6px 10px; }
::placeholder { color: var(--text-soft); opacity: 1; }
button { cursor: pointer; }
button.danger { color: var(--bad); }
:focus-visible { outline: 2px solid var(--accent-text); outline-offset: 1px; }
`);

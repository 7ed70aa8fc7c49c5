/** Loads the ES module of a plugin's panel, once, and waits until it has defined its custom element. */

const loading = new Map<string, Promise<void>>();
const PATIENCE_MS = 8000;

export function loadElement(module: string, element: string): Promise<void> {
  const known = loading.get(module) ?? (import(/* @vite-ignore */ module) as Promise<void>);
  loading.set(module, known);
  known.catch(() => loading.delete(module));
  return Promise.race([known.then(() => customElements.whenDefined(element)).then(() => undefined), late(element)]);
}

function late(element: string): Promise<never> {
  return new Promise((_, reject) =>
    setTimeout(() => reject(new Error(`<${element}> was not defined in time`)), PATIENCE_MS),
  );
}

/** Prints pictures, a page each, from a frame that nobody sees. */

const PAGES = "@page { margin: 0 } body { margin: 0 } img { display: block; width: 100%; break-after: page }";

export async function print(sources) {
  const frame = document.createElement("iframe");
  Object.assign(frame.style, { position: "fixed", width: "0", height: "0", border: "0" });
  frame.setAttribute("aria-hidden", "true");
  document.body.append(frame);
  const inside = frame.contentDocument;
  const style = inside.createElement("style");
  style.textContent = PAGES;
  inside.head.append(style);
  const pictures = sources.map((src) => Object.assign(inside.createElement("img"), { src }));
  inside.body.append(...pictures);
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => undefined)));
  frame.contentWindow.addEventListener("afterprint", () => frame.remove());
  frame.contentWindow.print();
}

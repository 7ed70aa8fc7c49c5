/** What the hub serves for panels. */
export { Element, element, style } from "/panel.js";

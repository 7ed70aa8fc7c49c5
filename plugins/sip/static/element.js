/** What the hub serves for panels. */
export { element } from "/panel.js";

/** "Ask us anything" opens the chat; the widget itself came with its one script tag. */

for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => window.contactHubChat?.open());
}

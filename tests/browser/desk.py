"""An agent at a desk: what a person does in the inbox, in the words of a person."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from tests.browser.office import PASSWORD

PATIENCE = 15_000.0  # milliseconds; a loaded machine may need them, nothing waits for them otherwise


@dataclass(slots=True)
class Desk:
    """One agent's window on the inbox."""

    page: Page
    url: str

    def at(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    async def come_back(self, login: str, path: str = "/") -> None:
        """The browser still has the cookie of a login: half the processor time of typing it again."""
        who = {"login": login, "password": PASSWORD}
        answer = await self.page.request.post(f"{self.url}/api/v1/login", data=who, headers={"origin": self.url})
        assert answer.ok, await answer.text()
        await self.page.goto(f"{self.url}{path}")
        await expect(self.at("presence")).to_be_visible(timeout=PATIENCE)

    async def turn_to(self, path: str, screen: str) -> None:
        """As a link does: the page is not loaded anew."""
        go = "(to) => { history.pushState(null, '', to); dispatchEvent(new PopStateEvent('popstate')) }"
        await self.page.evaluate(go, path)
        await expect(self.at(screen)).to_be_visible(timeout=PATIENCE)

    async def log_in(self, login: str, path: str = "/") -> None:
        await self.page.goto(f"{self.url}{path}")
        await self.at("login-name").fill(login)
        await self.at("login-password").fill(PASSWORD)
        await self.at("login-submit").click()
        await expect(self.at("presence")).to_be_visible(timeout=PATIENCE)

    async def be(self, choice: str) -> None:
        """READY, or a reason not to be: BREAK, LUNCH, …"""
        await self.at("presence").click()
        await self.at(f"presence-{choice}").click()
        state = "READY" if choice == "READY" else "NOT_READY"
        await self.has("presence", state)

    async def has(self, testid: str, state: str) -> None:
        await expect(self.at(testid)).to_have_attribute("data-state", state, timeout=PATIENCE)

    async def sees(self, testid: str, text: str = "") -> None:
        element = self.at(testid).filter(has_text=text) if text else self.at(testid)
        await expect(element.first).to_be_visible(timeout=PATIENCE)

    async def sees_no(self, testid: str) -> None:
        await expect(self.at(testid)).to_have_count(0, timeout=PATIENCE)

    async def accept(self) -> None:
        """Take the first offer; its conversation opens."""
        await self.at("offer-accept").first.click(timeout=PATIENCE)
        await expect(self.at("conversation")).to_be_visible(timeout=PATIENCE)

    async def open(self, name: str) -> None:
        """From the list, by what its row shows."""
        await self.at("conversation-row").filter(has_text=name).first.click(timeout=PATIENCE)
        await expect(self.at("conversation")).to_be_visible(timeout=PATIENCE)

    async def write(self, text: str) -> None:
        await self.at("composer-text").fill(text)

    async def send(self, text: str) -> None:
        await self.write(text)
        await self.at("send").click()

    async def hears(self, text: str) -> None:
        """A message with these words stands in the timeline, once."""
        said = self.at("timeline").locator("article").filter(has_text=text)
        await expect(said).to_have_count(1, timeout=PATIENCE)

    @property
    def interaction(self) -> int:
        return int(self.page.url.rsplit("/", 1)[-1])

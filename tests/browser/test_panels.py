"""Panels of plugins: a custom element fills its slot; a broken one is a card in its place, and the rest goes on."""

from __future__ import annotations

import json

from playwright.async_api import Route, expect

from tests.browser.conftest import SitDown
from tests.browser.desk import PATIENCE
from tests.browser.office import Office

MODULE = """
customElements.define("weather-panel", class extends HTMLElement {
  connectedCallback() { this.textContent = `${this.theme} ${this.language} ${this.context.interaction}`; }
});
"""
TITLES = {"weather-panel": "Weather", "tide-panel": "Tides"}
PANELS = [
    {
        "plugin": "weather",
        "slot": "ticket.side",
        "element": name,
        "module": f"/p/weather/{name}.js",
        "titles": {"en": title},
    }
    for name, title in TITLES.items()
]


async def panels(route: Route) -> None:
    await route.fulfill(body=json.dumps(PANELS), content_type="application/json")


async def module(route: Route) -> None:
    await route.fulfill(body=MODULE, content_type="text/javascript")


async def test_a_broken_panel_is_a_card_and_the_sound_one_beside_it_works(office: Office, sit_down: SitDown) -> None:
    lin = await sit_down(office, "lin")
    await lin.page.route("**/api/v1/panels", panels)
    await lin.page.route("**/p/weather/weather-panel.js", module)
    await lin.page.reload()
    await lin.be("READY")
    await office.write_mail("Weather", "Will it rain?")
    await lin.accept()
    await expect(lin.at("panel-weather-panel")).to_have_text(f"light en {lin.interaction}", timeout=PATIENCE)
    await lin.has("panel-tide-panel", "broken")
    await expect(lin.at("panel-tide-panel")).to_contain_text("Tides cannot be shown")
    await lin.hears("Will it rain?")

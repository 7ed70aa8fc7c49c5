"""A shop's page with the widget on it, and what a visitor of that page does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from playwright.async_api import Page

from plugins.web_chat.tests.agent import SITE

PAGE = """<!doctype html><html lang="{language}"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src {hub}; img-src {hub};
 connect-src {hub} {socket}"><title>Shop</title><h1>Espresso</h1><a href="#x">a link</a>
<script src="{hub}/p/web_chat/widget.js" data-account="{account}" async></script>"""

Visit = Callable[..., Awaitable[Page]]


class Shop:
    """A shop's web server: one page, with the widget on it."""

    def __init__(self) -> None:
        self.page = ""
        self.origin = ""

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = self.page.encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()


def site_for(shop: Shop, site: str = SITE) -> str:
    """The site file in which the shop's page may carry the widget."""
    return site.replace("settings = { ", f'settings = {{ origins = ["{shop.origin}"], ')


async def say(page: Page, text: str) -> None:
    await page.get_by_test_id("chat-input").fill(text)
    await page.get_by_test_id("chat-input").press("Enter")


async def begin(page: Page, text: str = "My machine is broken") -> None:
    await page.get_by_test_id("chat-launcher").click()
    await say(page, text)

"""Debian's Chromium as tests start it: what serves a person at a screen, and no page, is turned off.

Its headless shell is the same engine without a browser's own windows, for three quarters of the processor time."""

from __future__ import annotations

import shutil

PROGRAM = shutil.which("chromium-headless-shell") or shutil.which("chromium") or "/usr/bin/chromium"

# Chromium heeds only the last list of features, so this one repeats what Playwright turns off.
OFF = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "PaintHolding"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "ThirdPartyStoragePartitioning", "AimEnabled"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch"),
    # pages of the address bar, which nobody sees: half of a new window's processor time
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    "SpareRendererForSitePerProcess",  # a process for the next page, which does not come
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",  # there is none: a process less
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a headset nobody wears: it hums
    "--use-fake-ui-for-media-stream",  # and may be used
    "--allow-loopback-in-peer-connection",
    "--v8-cache-options=code",  # scripts compiled once a browser: a sixth of what a visit to the inbox costs
    "--js-flags=--max-lazy",  # and only what runs
    f"--disable-features={','.join(OFF)}",
]

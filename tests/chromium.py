"""Pages in a real browser: headless Chromium where it is installed, and a skip where it is not."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def narrow(tmp_path: Path, text: str, script: str, width: int = 375) -> str:
    """What `script` says of the page at the width of a phone, which a window of Chromium itself cannot have."""
    page = tmp_path / "narrow.html"
    page.write_text(_with(text, f"parent.postMessage(String((function () {{ {script} }})()), '*')"), encoding="utf-8")
    frame = f'<iframe src="{page.as_uri()}" style="width: {width}px; height: 800px; border: 0"></iframe>'
    heard = "addEventListener('message', function (e) { document.title = e.data; });"
    # The message of the frame is awaited in virtual time, however loaded the machine is.
    waiting = ("--virtual-time-budget=2000",)
    outer = f"<!DOCTYPE html><title></title><script>{heard}</script><body>{frame}</body>"
    shown = dom(tmp_path, outer, flags=waiting)
    return title(shown)


def title(shown: str) -> str:
    """The title of a dumped page: where a script leaves what it found."""
    found = re.search(r"<title>(.*?)</title>", shown, re.DOTALL)
    assert found, shown[:500]
    return html.unescape(found.group(1))


def dom(tmp_path: Path, text: str, script: str = "", fragment: str = "", flags: tuple[str, ...] = ()) -> str:
    """The page's DOM after its own script, and then `script`, ran in headless Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    path = tmp_path / "page.html"
    path.write_text(_with(text, script) if script else text, encoding="utf-8")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    words = [CHROMIUM, *FLAGS, *flags, profile, "--dump-dom", path.as_uri() + fragment]
    return subprocess.run(words, capture_output=True, text=True, timeout=120, check=True).stdout


def _with(text: str, script: str) -> str:
    """The page with one more script at its end, which its policy is told to allow."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert text.count("</body>") == 1
    if "script-src " in text:
        text = text.replace("script-src ", f"script-src 'sha256-{digest}' ", 1)
    else:
        text = text.replace("default-src 'none'; ", f"default-src 'none'; script-src 'sha256-{digest}'; ", 1)
    return text.replace("</body>", f"<script>{script}</script></body>")

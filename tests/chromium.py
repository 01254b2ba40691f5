"""Pages in a real browser: headless Chromium where it is installed, and a skip where it is not."""

from __future__ import annotations

import base64
import hashlib
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
)


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
    assert text.count("script-src ") == 1 and text.count("</body>") == 1
    text = text.replace("script-src ", f"script-src 'sha256-{digest}' ")
    return text.replace("</body>", f"<script>{script}</script></body>")

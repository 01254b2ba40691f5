"""What every HTML page shares: escaping, colours for light and dark, and a skeleton that loads and runs nothing else.

A page is one file that works without a network, without a server, and for reading without its script. The policy in its
head names the script by its hash: should a text of a user ever become markup, it would still not run.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from pathlib import Path

LIGHT = {
    "bg": "#fff",
    "fg": "#1f2328",
    "dim": "#59636e",
    "line": "#d1d9e0",
    "bar": "#f6f8fa",
    "accent": "#0550ae",
    "old": "#ffebe9",
    "new": "#dafbe1",
    "old-mark": "#ffc1ba",
    "new-mark": "#9fe8b0",
    "cos": "#f1f1f4",
    "hunk": "#ddf4ff",
}
DARK = {
    "bg": "#0d1117",
    "fg": "#e6edf3",
    "dim": "#9198a1",
    "line": "#30363d",
    "bar": "#161b22",
    "accent": "#79c0ff",
    "old": "#3c1618",
    "new": "#12321d",
    "old-mark": "#83292a",
    "new-mark": "#1f6f37",
    "cos": "#20242b",
    "hunk": "#12263f",
}
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# A button with the id `theme` switches between light and dark; without one the system's choice holds.
THEME_SCRIPT = """
(function () {
  "use strict";
  var root = document.documentElement, button = document.getElementById("theme");
  if (!button) { return; }
  button.addEventListener("click", function () {
    var dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
})();
"""


def escape(text: str) -> str:
    """Text as HTML; control characters, which HTML does not allow, as a replacement character."""
    return html.escape(printable(text), quote=True)


def printable(text: str) -> str:
    """The text without what a page must not hold: control characters, reversed text, half characters."""
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)


def document(
    title: str,
    style: str,
    body: str,
    script: str = "",
    *,
    light: Mapping[str, str] | None = None,
    dark: Mapping[str, str] | None = None,
) -> str:
    """The page: `body` is HTML already, `title` text; `light` and `dark` are further colours of this page."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    allowed = f"script-src 'sha256-{digest}'; " if script else ""
    policy = f"default-src 'none'; style-src 'unsafe-inline'; {allowed}base-uri 'none'; form-action 'none'"
    colours = _colours({**LIGHT, **(light or {})}, {**DARK, **(dark or {})})
    program = f"<script>{script}</script>\n" if script else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"<title>{escape(title)}</title>\n<style>\n{colours}{style}</style>\n</head>\n"
        f"<body>\n{body}\n{program}</body>\n</html>\n"
    )


def part(beside: str, name: str) -> str:
    """A style sheet, script or template that lies beside the module `beside` (its `__file__`)."""
    return Path(beside).with_name(name).read_text(encoding="utf-8")


def _colours(light: Mapping[str, str], dark: Mapping[str, str]) -> str:
    bright = "".join(f"--{name}: {value}; " for name, value in light.items())
    night = "".join(f"--{name}: {value}; " for name, value in dark.items())
    return (
        f":root {{ color-scheme: light dark; {bright}}}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ {night}}} }}\n"
        f":root[data-theme=dark] {{ color-scheme: dark; {night}}}\n"
        ":root[data-theme=light] { color-scheme: light; }\n"
        "* { box-sizing: border-box; }\n"
        "body { margin: 0; background: var(--bg); color: var(--fg); font: 14px/1.45 system-ui, sans-serif; }\n"
        "button { font: inherit; font-size: 13px; color: var(--fg); background: var(--bg);"
        " border: 1px solid var(--line); border-radius: 6px; padding: 2px 10px; cursor: pointer; }\n"
        ":focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }\n"
    )

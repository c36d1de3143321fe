"""A real browser without a window, for looking at pages: what it measures is read back as JSON."""

import html
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_MEASURING = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
_SCHEMES = {"dark": "0", "light": "1"}


@dataclass(frozen=True, slots=True)
class Look:
    """A page at one width: how far it reaches beyond the right edge, and which of its texts are hard to read."""

    scheme: str
    width: int
    overflow: int
    texts: int
    pale: tuple[str, ...]


def browser() -> str | None:
    """The command of a browser; None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def look_at(
    pages: Sequence[str], folder: Path, scheme: Literal["dark", "light"], widths: tuple[int, ...]
) -> list[Look]:
    """Show each page in a colour scheme at several widths (pixels), side by side in one run of the browser."""
    frames = "".join(
        f'<iframe style="width:{width}px;height:900px" srcdoc="{html.escape(page, quote=True)}"></iframe>'
        for page in pages
        for width in widths
    )
    harness = folder / f"{scheme}.html"
    harness.write_text(f"<!doctype html><body>{frames}<script>{_MEASURING}</script></body>", encoding="utf-8")
    command = [str(browser()), "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000"]
    command += [f"--user-data-dir={folder / scheme}", f"--blink-settings=preferredColorScheme={_SCHEMES[scheme]}"]
    ran = subprocess.run([*command, "--dump-dom", harness.as_uri()], capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(html.unescape(ran.stdout.split("<title>")[1].split("</title>")[0]))
    return [Look(each["scheme"], each["width"], each["overflow"], each["texts"], tuple(each["pale"])) for each in found]

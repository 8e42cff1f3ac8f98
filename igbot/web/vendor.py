"""Which files of others do the pages use, and are they here? They come from npm and are never committed.

`npm ci` in this folder fetches what `package.json` names, `bring` copies the few files the browser
loads. Without them every page works by plain forms and links; it only does not refresh by itself.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from igbot.errors import BrokenShop

WEB = Path(__file__).parent
VENDOR = WEB / "static" / "vendor"

FILES = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "sse.js": "htmx-ext-sse/dist/sse.min.js",
}
"""Name in `static/vendor`, and where npm puts it."""


def are_here(vendor: Path = VENDOR) -> bool:
    """Can pages refresh by themselves?"""
    return all((vendor / name).is_file() for name in FILES)


def bring(node_modules: Path = WEB / "node_modules", vendor: Path = VENDOR) -> list[Path]:
    """Copy the files from where npm put them and return where they are now.

    Raises BrokenShop, naming what to run, if npm has not fetched them yet.
    """
    missing = [source for source in FILES.values() if not (node_modules / source).is_file()]
    if missing:
        raise BrokenShop(f"{', '.join(missing)} is not there yet; run `npm ci` in {node_modules.parent}.")
    vendor.mkdir(parents=True, exist_ok=True)
    return [Path(shutil.copyfile(node_modules / source, vendor / name)) for name, source in FILES.items()]


if __name__ == "__main__":
    bring()

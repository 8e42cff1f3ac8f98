"""Puts the front-end files into a wheel while it is built; not part of the wheel itself."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEnd(BuildHookInterface[Any]):
    """Runs before a wheel is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's interface
        """Fetch the files with npm, where there is one; an editable install takes them from the folder itself."""
        npm = shutil.which("npm")
        if version == "editable" or npm is None:
            return
        web = Path(self.root) / "igbot" / "web"
        subprocess.run([npm, "ci", "--silent"], cwd=web, check=True)  # noqa: S603 - npm, found on the path
        sys.path.insert(0, self.root)
        runpy.run_path(str(web / "vendor.py"), run_name="__main__")

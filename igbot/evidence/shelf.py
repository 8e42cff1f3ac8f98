"""Where kept files lie: a folder or an object store, under random names that tell nothing."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from igbot.settings import make_private

_NAME = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{1,5}")


def new_name(suffix: str) -> str:
    """A name no file has, for one that ends in `suffix` (`.jpg`)."""
    return f"{secrets.token_hex(16)}{suffix}"


class Shelf:
    """Files by name. A name is known from a row of the database, never from an address bar alone."""

    def __init__(self, url: str) -> None:
        """`url` is a folder, or any fsspec URL such as `s3://bucket/prefix`; nothing is created yet."""
        self._files, self._root = fsspec.core.url_to_fs(url)

    def put(self, name: str, data: bytes) -> None:
        """Keep these bytes under a name from `new_name`. Raises OSError if there is no room."""
        self._make_room()
        self._files.pipe_file(self._path(name), data)

    def open(self, name: str) -> BinaryIO:
        """The file's bytes, to be read and closed. Raises FileNotFoundError."""
        return cast("BinaryIO", self._files.open(self._path(name), "rb"))

    def delete(self, name: str) -> None:
        """Forget the file; no error if it is gone already."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))

    def _make_room(self) -> None:
        if isinstance(self._files, LocalFileSystem):
            make_private(Path(self._root))
        else:
            self._files.makedirs(self._root, exist_ok=True)

    def _path(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise FileNotFoundError(name)
        return f"{self._root}/{name}"

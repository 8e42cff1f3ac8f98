"""Files by random names, in a folder or any other store."""

from __future__ import annotations

from pathlib import Path

import pytest

from igbot.evidence.shelf import Shelf, new_name


@pytest.fixture(params=["folder", "store"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    return Shelf(str(tmp_path / "evidence") if request.param == "folder" else f"memory://{tmp_path.name}/evidence")


def put(shelf: Shelf, data: bytes) -> str:
    name = new_name(".jpg")
    shelf.put(name, data)
    return name


def read(shelf: Shelf, name: str) -> bytes:
    with shelf.open(name) as file:
        return file.read()


def test_a_file_is_found_by_the_name_it_was_given(shelf: Shelf) -> None:
    name = put(shelf, b"picture")
    assert name.endswith(".jpg")
    assert read(shelf, name) == b"picture"


def test_names_tell_nothing_and_never_meet(shelf: Shelf) -> None:
    names = {put(shelf, b"the same") for _ in range(20)}
    assert len(names) == 20


def test_a_deleted_file_is_gone_and_may_be_deleted_again(shelf: Shelf) -> None:
    name, other = put(shelf, b"picture"), put(shelf, b"other")
    shelf.delete(name)
    shelf.delete(name)
    with pytest.raises(FileNotFoundError):
        shelf.open(name)
    assert read(shelf, other) == b"other"


@pytest.mark.parametrize("name", ["", "../igbot.db", "/etc/passwd", "a.jpg", "0" * 32, "0" * 32 + ".jpg/..", "0" * 31])
def test_a_name_that_was_never_given_leads_nowhere(shelf: Shelf, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        shelf.open(name)


def test_only_its_own_user_may_look_into_the_folder(tmp_path: Path) -> None:
    put(Shelf(str(tmp_path / "evidence")), b"picture")
    assert (tmp_path / "evidence").stat().st_mode & 0o077 == 0

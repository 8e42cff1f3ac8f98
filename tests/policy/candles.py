"""A small shop's pack that is whole, as text, so that a test may break it in one place."""

from pathlib import Path

PACK = (Path(__file__).parent / "candles.toml").read_text("utf-8")


def write(folder: Path, *changes: tuple[str, str]) -> Path:
    """The pack in a folder, each change made once; a change that finds nothing to change is a mistake."""
    text = PACK
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.toml").write_text(text, encoding="utf-8")
    return folder

"""From a folder to a pack file: TOML read, texts merged, shape held against what a pack may contain.

Finds P01 to P05 and P14; everything that needs the parts compared with each other is in `checks`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from igbot.policy.problems import Problem, did_you_mean
from igbot.policy.shape import SCHEMA, PackFile

_EXAMPLES = {
    "schema": f'schema = "{SCHEMA}"',
    "pack": '[pack] id = "my-shop"',
    "id": 'id = "my-shop"',
    "version": 'version = "2026-11-21.1"',
    "effective_from": "effective_from = 2026-11-21",
    "languages": 'languages = ["ko", "en"]',
    "shop": '[shop] name = { en = "My shop" }',
    "name": 'name = { en = "My shop" }',
    "time_zone": 'time_zone = "Asia/Seoul"',
    "country": 'country = "KR"',
    "currency": 'currency = "KRW"',
    "owner_reply": 'owner_reply = "PT24H"',
    "facts": '[facts.issue] values = ["broken", "other"]',
    "ask": '[ask] order = ["issue", "age"]',
    "order": 'order = ["issue", "age"]',
    "clauses": '[clauses] C-01 = { title = { en = "..." }, text = { en = "..." } }',
    "rules": '[rules] M-1 = { when = { issue = "broken" }, then = "owner", cites = ["C-01"], say = "person_looks" }',
    "when": 'when = { issue = "broken" }',
    "then": 'then = "refuse"',
    "say": 'say = "too_late"',
    "values": 'values = ["yes", "no"]',
    "source": 'source = ["asked"]',
    "owner": '[owner] confirms = ["refund"]',
    "confirms": 'confirms = ["refund", "exchange"]',
    "always": 'always = ["legal", "payment_dispute", "health", "abuse"]',
    "language": 'language = "ko"',
}

_KINDS = {
    "string": "a text in quotes", "int": "a whole number", "bool": "true or false", "list": "a list", "dict": "a table",
    "date": "a date like 2026-11-21", "model": "a table", "float": "a number",
}  # fmt: skip

_BRANCHES = {"str", "list[str]", "int", "float"}
"""What pydantic adds to a place for a value that may have one of several types."""


def read(folder: Path) -> tuple[PackFile | None, list[Problem]]:
    """The pack file in a folder, or what keeps it from being read."""
    body, problems = _tables(folder)
    if body is None or problems:
        return None, problems
    if body.get("schema") not in {None, SCHEMA}:
        return None, [Problem("P02", "schema", f"{body['schema']!r} is unknown.", f"This program reads {SCHEMA}.")]
    try:
        return PackFile.model_validate(body), []
    except ValidationError as error:
        return None, list(_misfits(error))


def _tables(folder: Path) -> tuple[dict[str, Any] | None, list[Problem]]:
    """`pack.toml` as a dictionary, with each `key = "text"` of `texts.<lang>.toml` under `texts.key.<lang>`."""
    path = folder / "pack.toml"
    if not path.is_file():
        return None, [Problem("P01", str(path), "There is no such file.", "A pack is a folder with a pack.toml in it.")]
    body, problems = _toml(path)
    texts = body.setdefault("texts", {})
    for path in sorted(folder.glob("texts.*.toml")):
        language = path.name.split(".")[1]
        words, found = _toml(path)
        problems += found
        for key, text in words.items():
            by_language = texts.setdefault(key, {})
            if isinstance(by_language, dict) and language in by_language:
                twice = f"The text in {language} stands both in pack.toml and in {path.name}."
                problems.append(Problem("P14", f"texts.{key}.{language}", twice, "Keep one of them."))
            elif isinstance(by_language, dict):
                by_language[language] = text
    return body, problems


def _toml(path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """A TOML file; a problem names line and column, and for a name given twice both lines."""
    try:
        source = path.read_text("utf-8")
        return tomllib.loads(source), []
    except UnicodeDecodeError:
        return {}, [Problem("P01", path.name, "The file is not UTF-8 text.", "Save it as UTF-8.")]
    except tomllib.TOMLDecodeError as error:
        return {}, [_not_toml(path.name, source, str(error))]


def _not_toml(name: str, source: str, message: str) -> Problem:
    where = re.search(r"at line (\d+), column (\d+)", message)
    line, column = (int(number) for number in where.groups()) if where else (source.count("\n") + 1, 1)
    lines = source.splitlines() or [""]
    written = lines[min(line, len(lines)) - 1].strip()
    if message.startswith(("Cannot overwrite", "Cannot declare")):
        key = re.split(r"\s*[=\]]", written.lstrip("["))[0]
        same = re.compile(rf"\s*\[?{re.escape(key)}\s*[=\]]")
        before = next((n for n, text in enumerate(lines[: line - 1], 1) if same.match(text)), None)
        earlier = f" (the first time in line {before})" if before else ""
        return Problem(
            "P14", f"{name}, line {line}", f"`{key}` is there twice{earlier}.", "Keep one, rename the other."
        )
    what = message.split(" (at", maxsplit=1)[0]
    return Problem("P01", f"{name}, line {line}, column {column}", f"This is not TOML: {what}: {written}")


# ------------------------------------------------------------------ what does not fit the shape


def _misfits(error: ValidationError) -> Iterator[Problem]:
    seen = set()
    for one in error.errors():
        place = _place(one["loc"])
        if place not in seen:
            seen.add(place)
            yield _misfit(place, one)


def _misfit(place: str, one: Any) -> Problem:  # noqa: ANN401 - pydantic's own description of an error
    key, kind = str(one["loc"][-1]), str(one["type"])
    if kind == "extra_forbidden":
        known = _keys_at(one["loc"][:-1])
        return Problem("P03", place, f"`{key}` is no key here.", did_you_mean(key, known, called="Keys"))
    if kind == "missing":
        return Problem("P04", place, "This is missing.", f"For example: {_EXAMPLES.get(key, f'{key} = ...')}")
    found = "a list" if isinstance(one["input"], list) else "a table" if isinstance(one["input"], dict) else None
    written = found or repr(one["input"])
    if kind == "literal_error":
        return Problem("P05", place, f"{written} is not possible here.", f"Possible: {one['ctx']['expected']}.")
    if kind in {"too_short", "greater_than_equal"}:
        return Problem("P05", place, f"{written} is too little.", f"{one['msg']}.")
    expected = next((words for stem, words in _KINDS.items() if kind.startswith(stem)), kind)
    return Problem("P05", place, f"Expected {expected}, found {written}.")


def _place(loc: tuple[int | str, ...]) -> str:
    """Where, in the author's words; pydantic's names for the branches of a union are left out."""
    return ".".join(str(part) for part in loc if part not in _BRANCHES)


def _keys_at(loc: tuple[int | str, ...]) -> list[str]:
    """The keys that are known at a place of the file; none where any name may stand."""
    shape: Any = PackFile
    for part in loc:
        if part not in _BRANCHES:
            shape = _below(shape, str(part))
    return list(_fields(shape))


def _below(shape: Any, key: str) -> Any:  # noqa: ANN401 - any type may stand in an annotation
    """The type of what stands under a key: of a section, of a table of sections, of a list of them."""
    return _fields(shape).get(key) or next((_plain(part) for part in reversed(get_args(shape))), None)


def _fields(shape: Any) -> Mapping[str, Any]:  # noqa: ANN401 - as above
    if not (isinstance(shape, type) and issubclass(shape, BaseModel)):
        return {}
    return {field.alias or name: _plain(field.annotation) for name, field in shape.model_fields.items()}


def _plain(annotation: Any) -> Any:  # noqa: ANN401 - as above
    """`X` for `X | None`."""
    return next((part for part in get_args(annotation) if NoneType in get_args(annotation)), annotation)

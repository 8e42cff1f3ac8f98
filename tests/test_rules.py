"""This repository's own rules, each with lines that keep it and lines that break it.

Only what no other tool says stands here: ruff, mypy and import-linter have their rules in
pyproject.toml. A rule is a pattern that may not occur in some files, and a sentence that says what
to do instead.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_MODULE = 500


@dataclass(frozen=True)
class Rule:
    """A pattern that no line (or path, for rules about names) of some files may contain."""

    name: str
    never: str
    instead: str
    keeps: tuple[str, ...]
    breaks: tuple[str, ...]
    files: tuple[str, ...] = ("*.py",)
    but_not: tuple[str, ...] = ()
    about_paths: bool = False

    def broken_in(self, path: str) -> Iterator[str]:
        """The places in a file of this repository that break this rule, as sentences."""
        if not _is_one_of(path, self.files) or _is_one_of(path, self.but_not):
            return
        lines = [path] if self.about_paths else (ROOT / path).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            if self.is_broken_by(line):
                yield f"{path}:{number}: {self.instead}"

    def is_broken_by(self, line: str) -> bool:
        """Does this line break the rule?"""
        return re.search(self.never, line) is not None


RULES = (
    Rule(
        "one clock",
        r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(|\btime\.(time|time_ns|localtime|gmtime)\(",
        "Ask igbot.clock.now(): only igbot/clock.py reads the system's clock.",
        files=("igbot/*.py", "flows/*.py"),
        but_not=("igbot/clock.py",),
        keeps=("now = clock.now()", "started = time.monotonic()", "datetime.fromisoformat(text)"),
        breaks=("now = datetime.now(UTC)", "today = date.today()", "stamp = time.time()"),
    ),
    Rule(
        "one place that commits",
        r"\.commit\(\)",
        "Leave the `with db.transaction()` block instead: a turn is committed once, at its end.",
        files=("igbot/*.py", "flows/*.py"),
        but_not=("igbot/store/unit.py",),
        keeps=("with db.transaction() as session:", "# one commit"),
        breaks=("session.commit()", "connection.commit()"),
    ),
    Rule(
        "no Korean in Python",
        "[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]",
        "Words live in flows/texts, in a pack or in a catalog, Korean and other languages side by side.",
        files=("igbot/*.py", "flows/*.py", "wsgi.py"),
        keeps=('say("claim.photo")', "# café"),
        breaks=('return "안녕하세요"', "# ㅋㅋ"),
    ),
    Rule(
        "a TODO names its issue",
        r"(?i:#|//|<!--|\{#)\s*(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\): \S)",
        "Write `TODO(#12): what is missing`, or do it now.",
        files=("*.py", "*.toml", "*.html", "*.js", "*.css", "*.md", "Makefile", ".ci/run"),
        keeps=("# TODO(#12): more than one shop", "todo = [row for row in rows]"),
        breaks=("# TODO: later", "// FIXME", "x = 1  # TODO(anna): ask"),
    ),
    Rule(
        "an exception has its reason",
        r"#\s*noqa(?!: [A-Z]+\d+(, [A-Z]+\d+)* - \S)|#\s*type:\s*ignore(?!\[[a-z, -]+\]  # \S)",
        "Name what is switched off and why: `# noqa: S603 - our own program`, `# type: ignore[arg-type]  # why`.",
        keeps=("run(x)  # noqa: S603 - our own program", "f(x)  # type: ignore[arg-type]  # pydantic checks it"),
        breaks=("run(x)  # noqa", "run(x)  # noqa: S603", "f(x)  # type: ignore", "f(x)  # type: ignore[arg-type]"),
    ),
    Rule(
        "names are promises",
        r"(^|/|_)(utils?|helpers?|common|misc|core|services?|managers?)(\.|/|$)",
        "Name the file after the one question it answers.",
        files=("*",),
        about_paths=True,
        keeps=("igbot/store/outbox.py", "igbot/score.py", "tests/common_words.toml"),
        breaks=("igbot/utils.py", "igbot/web/helpers/forms.py", "flows/text_util.py", "igbot/services/x.py"),
    ),
    Rule(
        "fakes instead of patches",
        r"unittest\.mock|\bmocker\b|monkeypatch\.(setattr|setitem)",
        "Hand in a fake with verbs at the edge; nothing is replaced behind the code's back.",
        files=("tests/*.py",),
        keeps=("monkeypatch.chdir(tmp_path)", "instagram.refuse_next(code=190)"),
        breaks=("from unittest.mock import Mock", 'monkeypatch.setattr(client, "send", fake)'),
    ),
    Rule(
        "tests wait for nothing",
        r"\b(time|asyncio)\.sleep\(|wait_for_timeout\(",
        "Stop the clock and move it, or wait for the thing itself (an event, a line, a page).",
        files=("tests/*.py",),
        keeps=("clock.move(timedelta(hours=24))", "arrived.wait(timeout=5)"),
        breaks=("time.sleep(0.1)", "page.wait_for_timeout(500)"),
    ),
    Rule(
        "no addresses of package registries",
        r"(?i)\bpypi\.\w|--(extra-)?index-url|\bregistry\s*=",
        "Packages are found by name; where from is up to the machine.",
        files=("*",),
        keeps=("PyPI, npm", "make lock"),
        breaks=("pip install --index-url X", "registry=X"),
    ),
    Rule(
        "lock files carry no addresses",
        r'https?://|"resolved"',
        "Lock anew with `make lock`, which leaves addresses out.",
        files=("requirements.lock", "*package-lock.json"),
        keeps=('"integrity": "sha512-..."', "flask==3.1.3 \\"),
        breaks=('"resolved": "somewhere"', "flask @ https://somewhere/flask.whl"),
    ),
    Rule(
        "no paths of one machine",
        r"(?<![\w.~})-])/(work|root|home|Users)/\w",
        "Start from the file itself, from a setting, or from a temporary folder.",
        files=("*",),
        keeps=("{base}/root/x", "igbot/work/x", 'Path(__file__).parent / "packs"'),
        breaks=("open('/home/anna/igbot.db')", "cd /root/igbot"),
    ),
)

RULES_OF_THIS_FILE = ("tests/test_rules.py",)
"""Here stand the lines that break a rule on purpose."""


def _is_one_of(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)


def _our_files() -> list[str]:
    """Every file git knows or would add, as a path from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return sorted(path for path in set(listed) if path and (ROOT / path).is_file())


def _is_text(path: str) -> bool:
    return b"\0" not in (ROOT / path).read_bytes()[:8000]


@pytest.fixture(scope="module")
def files() -> list[str]:
    """The text files of this repository, but for the one with examples that break rules."""
    return [path for path in _our_files() if path not in RULES_OF_THIS_FILE and _is_text(path)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_repository_keeps_its_rule(rule: Rule, files: list[str]) -> None:
    broken = [place for path in files for place in rule.broken_in(path)]
    assert broken == [], "\n".join(broken)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_lets_through_what_keeps_it(rule: Rule) -> None:
    assert [line for line in rule.keeps if rule.is_broken_by(line)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_finds_what_breaks_it(rule: Rule) -> None:
    assert [line for line in rule.breaks if not rule.is_broken_by(line)] == []


def test_every_rule_looks_at_some_file(files: list[str]) -> None:
    blind = [rule.name for rule in RULES if not any(_is_one_of(path, rule.files) for path in files)]
    assert blind == []


def test_a_module_is_short_enough_to_read(files: list[str]) -> None:
    modules = {path for path in files if path.endswith(".py")}
    lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in modules}
    too_long = {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE}
    assert too_long == {}, "One file answers one question: find the second question and give it a file."


def test_the_top_level_holds_what_a_newcomer_expects(files: list[str]) -> None:
    folders = {path.split("/")[0] for path in files if "/" in path}
    assert folders <= {"igbot", "flows", "tests", ".ci"}

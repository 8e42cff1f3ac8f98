"""`igbot understand`: messages in, one JSON object a line out (DESIGN 5.6)."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner

from igbot.cli import main


def _answers(*lines: str | bytes) -> list[dict[str, Any]]:
    typed = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    result = CliRunner().invoke(main, ["understand", "--pack", "jewelry"], input=typed)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_json_line_is_answered_with_all_that_was_read():
    asked = {"id": 7, "text": "어제 저녁에 받았는데 알이 빠졌어요", "now": "2026-11-21T09:00:00+09:00", "lang": "ko"}
    (answer,) = _answers(json.dumps(asked))
    assert answer.pop("ms") >= 0
    assert answer == {
        "id": 7,
        "lang": "ko",
        "intent": "defect_report",
        "confidence": 0.95,
        "band": "act",
        "alternatives": [],
        "slots": {
            "issue": ["stone_out"],
            "received": {
                "date": "2026-11-20",
                "part": "저녁",
                "from": "2026-11-20T17:00:00+09:00",
                "to": "2026-11-20T22:00:00+09:00",
                "text": "어제 저녁",
            },
        },
        "facts": {"issue": "stone_out"},
        "alarm": "none",
        "evidence": [{"what": "issue=stone_out", "span": [12, 17]}, {"what": "received", "span": [0, 5]}],
    }


def test_plain_lines_and_questions_asked_are_understood():
    plain, answered = _answers("hello", '{"text": "a i guess", "expecting": "severity"}')
    assert plain["intent"] == "greeting"
    assert answered["facts"] == {"severity": "minor"}


def test_a_bad_line_gets_a_sentence_and_the_rest_goes_on():
    *bad, good = _answers(
        '{"id": 1, "text": 3}',
        '{"text": ',
        '{"id": 2, "text": "x", "now": "yesterday"}',
        '{"id": 3, "text": "x", "expecting": {}}',
        '{"id": 4, "text": "x", "lang": 5}',
        b"\xff\xfe",
        "",
        "my ring broke",
    )
    assert [line["id"] for line in bad] == [1, None, 2, 3, 4, None]
    assert all(str(line["error"]).endswith(".") for line in bad)
    assert good["lang"] == "en"

"""The phone in the browser, and the whole pretend Instagram as one web application under `/simulator`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, abort, render_template, request

from igbot.simulator import acts, pictures
from igbot.simulator.api import api_blueprint
from igbot.simulator.graph import graph_blueprint
from igbot.simulator.sample import load_sample

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from igbot.simulator.instagram import Instagram

PREFIX = "/simulator"
LANGUAGES = ("ko", "en")


def create_simulator(instagram: Instagram, *, console_url: str | None = None) -> Flask:
    """The phone page, the JSON API and the pretend Graph API; `console_url` is shown beside the phone.

    Paths: `/simulator/`, `/simulator/api/...`, `/simulator/graph/<version>/...`.
    """
    app = Flask(__name__, static_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's own provider has it
    app.register_blueprint(_blueprint(instagram, console_url), url_prefix=PREFIX)
    return app


def beside(app: WSGIApplication, simulator: WSGIApplication) -> WSGIApplication:
    """One WSGI application of two: paths under `/simulator` go to the simulator, all others to `app`."""

    def choose(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        is_ours = f"{environ['PATH_INFO']}/".startswith(f"{PREFIX}/")
        return (simulator if is_ours else app)(environ, start_response)

    return choose


def _blueprint(instagram: Instagram, console_url: str | None) -> Blueprint:
    blueprint = Blueprint("simulator", __name__, static_folder="static", template_folder="templates")
    blueprint.register_blueprint(graph_blueprint(instagram), url_prefix="/graph")
    blueprint.register_blueprint(api_blueprint(instagram), url_prefix="/api")

    @blueprint.get("/")
    def phone() -> str:
        """The page, in Korean or English."""
        asked = request.args.get("lang")
        language = asked if asked in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
        hints = {person.igsid: person.model_dump(include={"note", "tries"}) for person in load_sample().people}
        return render_template(
            "simulator/phone.html",
            language=language,
            other="en" if language == "ko" else "ko",
            words={key: text[language] for key, text in _words().items()},
            hints=hints,
            shop=instagram.username,
            samples=(*pictures.KINDS, acts.SAME_PICTURE),
            console_url=console_url,
        )

    @blueprint.get("/picture/<asset_id>")
    def picture(asset_id: str) -> Response:
        """A file as the phone shows it."""
        found = instagram.file_on_phone(asset_id)
        if not found:
            abort(404)
        data, content_type = found
        return Response(data, content_type=content_type, headers={"X-Content-Type-Options": "nosniff"})

    @blueprint.get("/samples/<kind>.jpg")
    def sample(kind: str) -> Response:
        """A sample picture, small."""
        if kind not in pictures.KINDS:
            abort(404)
        return Response(pictures.thumbnail(kind), content_type="image/jpeg", headers={"Cache-Control": "max-age=3600"})

    return blueprint


@cache
def _words() -> dict[str, dict[str, str]]:
    """The words of the page: key, language, text."""
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))

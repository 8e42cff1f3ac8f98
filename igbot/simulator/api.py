"""The pretend Instagram by HTTP: everything the phone page does, and tests from outside the process can do.

Bodies are JSON; pictures may come as a form with files. Mistakes are answered `{"error": "<sentence>"}`:
400 what cannot be read, 404 who or what is not there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from flask import Blueprint, Response, jsonify, request, url_for
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import HTTPException

from igbot.simulator import views
from igbot.simulator.acts import ACTS, Text
from igbot.simulator.faults import Faults

if TYPE_CHECKING:
    from igbot.simulator.instagram import Instagram


class _NewPerson(BaseModel):
    model_config = ConfigDict(extra="forbid")

    username: Text
    name: str | None = None
    igsid: str | None = None
    language: Literal["ko", "en"] = "ko"


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seconds: float = 0
    minutes: float = 0
    hours: float = 0
    days: float = 0


class _Release(BaseModel):
    model_config = ConfigDict(extra="forbid")

    newest_first: bool = False
    in_one_body: bool = False


class _Trouble(Faults):
    """The faults of the Graph API, and how webhooks travel."""

    duplicates: Annotated[int, Field(ge=0, le=10)] = 0
    hold: bool = False
    human_agent: bool = False


def api_blueprint(instagram: Instagram) -> Blueprint:
    """`/people`, `/clock`, `/faults`, `/webhooks`, `/transcript`, `/news` under whatever prefix it gets."""
    blueprint = Blueprint("api", __name__)
    api = _Api(instagram)
    blueprint.add_url_rule("/people", view_func=api.people)
    blueprint.add_url_rule("/people", view_func=api.new_person, methods=["POST"])
    blueprint.add_url_rule("/people/<igsid>", view_func=api.chat)
    blueprint.add_url_rule("/people/<igsid>/pictures", view_func=api.pictures, methods=["POST"])
    blueprint.add_url_rule("/people/<igsid>/<act>", view_func=api.act, methods=["POST"])
    blueprint.add_url_rule("/transcript", view_func=api.transcript)
    blueprint.add_url_rule("/clock", view_func=api.clock)
    blueprint.add_url_rule("/clock", view_func=api.move_clock, methods=["POST"])
    blueprint.add_url_rule("/faults", view_func=api.faults)
    blueprint.add_url_rule("/faults", view_func=api.set_faults, methods=["POST"])
    blueprint.add_url_rule("/faults", view_func=api.clear_faults, methods=["DELETE"])
    blueprint.add_url_rule("/webhooks", view_func=api.webhooks)
    blueprint.add_url_rule("/webhooks/release", view_func=api.release, methods=["POST"])
    blueprint.add_url_rule("/webhooks/redeliver", view_func=api.redeliver, methods=["POST"])
    blueprint.add_url_rule("/news", view_func=api.news)
    blueprint.register_error_handler(KeyError, lambda _error: _wrong("There is nobody and nothing with this id.", 404))
    blueprint.register_error_handler(LookupError, lambda error: _wrong(str(error), 404))
    blueprint.register_error_handler(ValidationError, _unreadable)
    blueprint.register_error_handler(ValueError, lambda error: _wrong(str(error), 400))
    blueprint.register_error_handler(HTTPException, lambda error: _wrong(error.description or "", error.code or 500))
    return blueprint


class _Api:
    """The views; all state is the pretend Instagram's."""

    def __init__(self, instagram: Instagram) -> None:
        self.instagram = instagram

    def people(self) -> Response:
        """Every customer, in the order they came."""
        return jsonify([views.of_person(person) for person in self.instagram.people])

    def new_person(self) -> tuple[Response, int]:
        """One more customer; the same one if the igsid is known."""
        wanted = _NewPerson.model_validate(request.get_json())
        person = self.instagram.person(wanted.name, wanted.username, wanted.igsid, wanted.language)
        return jsonify(views.of_person(person)), 201

    def chat(self, igsid: str) -> Response:
        """One customer's chat."""
        return jsonify(views.of_chat(self.instagram, self.instagram.find(igsid), _files()))

    def transcript(self) -> Response:
        """Every chat."""
        return jsonify([views.of_chat(self.instagram, person, _files()) for person in self.instagram.people])

    def act(self, igsid: str, act: str) -> Response:
        """One act in a chat; see `acts.ACTS`."""
        if act not in ACTS:
            raise LookupError(f"There is no act {act!r}; there are pictures, {', '.join(ACTS)}.")
        body = ACTS[act].model_validate(request.get_json())
        return jsonify(mid=body.do(self.instagram, self.instagram.find(igsid)))

    def pictures(self, igsid: str) -> Response:
        """Pictures from a file picker: form fields `pictures` (several) and `text`."""
        person = self.instagram.find(igsid)
        files = [file.read() for file in request.files.getlist("pictures")]
        if not any(files):
            raise ValueError("Send at least one picture in the form field `pictures`.")
        return jsonify(mid=person.sends_pictures(files, request.form.get("text", "")))

    def clock(self) -> Response:
        """The simulated present."""
        return jsonify(views.of_clock(self.instagram))

    def move_clock(self) -> Response:
        """A step forward of so many `seconds`, `minutes`, `hours`, `days`."""
        step = _Step.model_validate(request.get_json())
        self.instagram.move_clock(timedelta(**step.model_dump()))
        return jsonify(views.of_clock(self.instagram))

    def faults(self) -> Response:
        """The faults in force."""
        return jsonify(views.of_trouble(self.instagram))

    def set_faults(self) -> Response:
        """Change the named faults, leave the others."""
        return self._order(views.of_trouble(self.instagram) | request.get_json())

    def clear_faults(self) -> Response:
        """A good day again; what was held back is delivered."""
        return self._order({"human_agent": self.instagram.human_agent})

    def webhooks(self) -> Response:
        """How many were delivered, failed, wait."""
        return jsonify(views.of_webhooks(self.instagram))

    def release(self) -> Response:
        """Deliver what is held back; `newest_first`, `in_one_body`."""
        wanted = _Release.model_validate(request.get_json())
        self.instagram.release(newest_first=wanted.newest_first, in_one_body=wanted.in_one_body)
        return self.webhooks()

    def redeliver(self) -> Response:
        """Try the failed ones again."""
        self.instagram.redeliver()
        return self.webhooks()

    def news(self) -> Response:
        """All the phone page shows; 204 if `known` is the newest version. `person` chooses the chat."""
        version = views.version(self.instagram)
        if request.args.get("known") == version:
            return Response(status=204)
        igsid = request.args.get("person")
        return jsonify(
            version=version,
            clock=views.of_clock(self.instagram),
            people=[views.of_person(person) for person in self.instagram.people],
            chat=views.of_chat(self.instagram, self.instagram.find(igsid), _files()) if igsid else None,
            webhooks=views.of_webhooks(self.instagram),
            faults=views.of_trouble(self.instagram),
        )

    def _order(self, trouble: object) -> Response:
        wanted = _Trouble.model_validate(trouble)
        with self.instagram.change():
            self.instagram.faults = Faults.model_validate(wanted.model_dump(include=set(Faults.model_fields)))
            self.instagram.postman.duplicates = wanted.duplicates
            self.instagram.human_agent = wanted.human_agent
        if wanted.hold:
            self.instagram.hold()
        else:
            self.instagram.release()
        return self.faults()


def _files() -> str:
    """Where the phone page gets files from: the address of one without its number."""
    return url_for("simulator.picture", asset_id="")


def _unreadable(error: ValidationError) -> tuple[Response, int]:
    faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
    return _wrong(f"This body cannot be used: {faults}.", 400)


def _wrong(sentence: str, status: int) -> tuple[Response, int]:
    return jsonify(error=sentence), status

"""Who is there? Signing in with a name and password, out again, and by a link in the demo."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, cast
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf import FlaskForm
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as Answer
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from igbot import clock
from igbot.logs import log
from igbot.store import owners
from igbot.store.tables import Account, Audit, Owner
from igbot.web import parts
from igbot.web.console.languages import LANGUAGES

STAYS_SIGNED_IN = timedelta(days=30)
OPEN_TO_ALL = frozenset({"console.static", "console.sign_in", "console.enter", "console.language"})

_SALT = "igbot.console.entry"
_OURS = re.compile(r"/console(/[^\\\s]*)?")


@dataclass(frozen=True)
class Person:
    """Whoever is signed in, and their shop."""

    owner: Owner
    account: Account
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Id and a trace of the password: a new password signs out everybody who used the old one."""
        return f"{self.owner.id}-{sha256(self.owner.password_hash.encode()).hexdigest()[:16]}"


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Name and password. `next` is where the person wanted to go."""

    name = StringField(validators=[InputRequired(), Length(max=100)])
    password = PasswordField(validators=[InputRequired(), Length(max=owners.LONGEST_PASSWORD)])
    next = HiddenField()


def me() -> Person:
    """Who is signed in; only for pages behind `only_signed_in`."""
    return cast("Person", current_user)


def prepare(app: Flask) -> None:
    """Cookies and the way from a cookie to a person."""
    public_url = app.extensions["igbot"].settings.public_url or ""
    app.config.update(
        SESSION_COOKIE_NAME="igbot",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=public_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=STAYS_SIGNED_IN,
    )
    manager = LoginManager(app)
    manager.user_loader(_person)


def only_signed_in() -> Answer | None:
    """Before every request: nothing is shown to strangers."""
    if request.endpoint in OPEN_TO_ALL or current_user.is_authenticated:
        return None
    wanted = request.full_path.rstrip("?") if request.method == "GET" and not _is_fragment() else None
    address = url_for("console.sign_in", next=wanted)
    if request.endpoint == "console.live":
        return Response(status=401)
    if _is_fragment():
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address)


def add_routes(console: Blueprint, limited: Callable[[Any], Any], *, with_entry: bool) -> None:
    """The routes of this page; `limited` slows down guessing."""
    console.add_url_rule("/sign-in", "sign_in", limited(_sign_in), methods=["GET", "POST"])
    console.add_url_rule("/sign-out", "sign_out", _sign_out, methods=["POST"])
    console.add_url_rule("/language", "language", _language, methods=["POST"])
    if with_entry:
        console.add_url_rule("/enter/<token>", "enter", _enter)


def entry_path(secret_key: str, owner: Owner) -> str:
    """The path of a link that signs this owner in as often as it is opened. `secret_key` is the application's."""
    return f"/console/enter/{_entries(secret_key).dumps(owner.id)}"


def _sign_in() -> Answer:
    form = SignInForm(data={"next": request.args.get("next", "")})
    wrong = False
    if form.validate_on_submit():
        with parts().db.transaction() as session:
            owner = owners.find(session, form.name.data)
        if owners.is_password(owner, form.password.data) and owner:
            _welcome(owner)
            return redirect(_safe(form.next.data))
    wrong = form.is_submitted()
    return make_response(render_template("console/sign_in.html", form=form, wrong=wrong), 401 if wrong else 200)


def _sign_out() -> Answer:
    logout_user()
    cookie.clear()
    return redirect(url_for("console.sign_in"))


def _language() -> Answer:
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        cookie["language"] = wanted
        if current_user.is_authenticated:
            with parts().db.transaction() as session:
                person = owners.with_account(session, me().owner.id)
                if person:
                    person[0].language = wanted
    return redirect(_safe(urlsplit(request.referrer or "").path))


def _enter(token: str) -> Answer:
    try:
        owner_id = int(_entries(str(current_app.secret_key)).loads(token))
    except (BadSignature, ValueError):
        flash(_("This link does not belong to this demo. Please sign in."))
        return redirect(url_for("console.sign_in"))
    if not (current_user.is_authenticated and me().owner.id == owner_id):
        with parts().db.transaction() as session:
            person = owners.with_account(session, owner_id)
        if person:
            _welcome(person[0])
    return redirect(url_for("console.list"))


def _welcome(owner: Owner) -> None:
    with parts().db.transaction() as session:
        person = owners.with_account(session, owner.id)
        session.add(Audit(account_id=owner.account_id, owner_id=owner.id, at=clock.now(), what="owner.signed_in"))
    if person:
        cookie.clear()
        login_user(Person(*person))
        cookie.permanent = True
        log("owner.signed_in", owner=owner.id)


def _person(key: str) -> Person | None:
    """The person whose `get_id` a cookie carries; one lookup a request."""
    owner_id = key.partition("-")[0]
    if not owner_id.isdigit():
        return None
    with parts().db.transaction() as session:
        row = owners.with_account(session, int(owner_id))
    person = Person(*row) if row else None
    return person if person and person.get_id() == key else None


def _safe(path: str | None) -> str:
    """Only pages of the console; anything else leads to the list."""
    return path if path and _OURS.fullmatch(path) and "//" not in path else url_for("console.list")


def _is_fragment() -> bool:
    return request.headers.get("HX-Request") == "true"


def _entries(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=_SALT)

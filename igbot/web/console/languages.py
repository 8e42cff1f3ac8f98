"""Which language does this person read, and the words in it.

The words in templates and tables are English; `translations/ko.po` holds the Korean ones. It is read
when the application starts, so nothing has to be compiled to install igbot.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, request, session
from flask_babel import Babel, Domain
from flask_login import current_user

FIRST = "ko"
LANGUAGES = {code: Locale(code).get_display_name() for code in (FIRST, "en")}
"""Those the console speaks, each by its own name."""
_DOMAIN = "messages"
_FOLDER = Path(__file__).parent / "translations"


def prepare(app: Flask) -> None:
    """Let this application's pages speak the reader's language."""
    words = Domain(domain=_DOMAIN)
    words.cache[FIRST, _DOMAIN] = catalog(_FOLDER / f"{FIRST}.po")
    Babel(app, default_locale=FIRST, locale_selector=chosen).domain_instance = words


def chosen() -> str:
    """The language the person signed in has chosen, else the one chosen before, else the browser's, else Korean."""
    own = current_user.owner.language if current_user and current_user.is_authenticated else ""
    language = own or session.get("language") or request.accept_languages.best_match(list(LANGUAGES), FIRST)
    return language if language in LANGUAGES else FIRST


def catalog(path: Path) -> Translations:
    """The translations in a .po file."""
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=path.stem))
    compiled.seek(0)
    return Translations(compiled, domain=_DOMAIN)

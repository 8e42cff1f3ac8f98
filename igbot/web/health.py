"""For whoever watches over the process: does it live, and can it work?"""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from igbot.logs import warn
from igbot.web import parts

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def lives() -> ResponseReturnValue:
    """200 as long as this process answers at all."""
    return jsonify(ok=True)


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """200 when database and engine work, else 503 with the reasons."""
    reasons = {}
    if not _database_works():
        reasons["database"] = "The database does not answer; see IGBOT_DATABASE_URL and `igbot db status`."
    if not parts().engine_works():
        reasons["engine"] = "The engine of this process is not running; restart it."
    return jsonify(ok=not reasons, reasons=reasons), 503 if reasons else 200


def _database_works() -> bool:
    try:
        with parts().db.transaction() as session:
            session.execute(sa.text("SELECT 1"))
    except SQLAlchemyError as failure:
        warn("database.fails", failure=failure)
        return False
    return True

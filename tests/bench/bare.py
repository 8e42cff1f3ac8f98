"""The least a webhook can do: take the body, write a row, commit, answer."""

from __future__ import annotations

import os

import sqlalchemy as sa
from flask import Flask, request

from igbot.store.unit import Database

db = Database(f"sqlite:///{os.environ['BARE_DATABASE']}")
rows = sa.Table("row", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.LargeBinary))
rows.metadata.create_all(db.engine)

app = Flask(__name__)


@app.post("/webhook")
def receive() -> str:
    with db.transaction() as session:
        session.execute(rows.insert(), {"body": request.get_data()})
    return "EVENT_RECEIVED"

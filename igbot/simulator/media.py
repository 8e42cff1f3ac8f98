"""The pretend media host: the pictures customers sent, for whoever knows their address (CONTRACT 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, request

if TYPE_CHECKING:
    from igbot.simulator.instagram import Instagram


def media_app(instagram: Instagram) -> Flask:
    """`GET /ig_messaging_cdn/?asset_id=..&signature=..`; 404 for what is gone, as after an unsend."""
    app = Flask(__name__, static_folder=None)

    @app.get("/ig_messaging_cdn/")
    def file() -> Response:
        if instagram.faults.media_down:
            return Response(status=503)
        found = instagram.file(request.args.get("asset_id", ""), request.args.get("signature", ""))
        if not found:
            return Response(status=404)
        data, content_type = found
        return Response(data, content_type=content_type, headers={"Cache-Control": "private, max-age=60"})

    return app

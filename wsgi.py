"""For any WSGI server: `gunicorn wsgi:app`."""

from igbot.app import create_app

app = create_app()

"""Lets `python -m igbot` do what `igbot` does."""

from __future__ import annotations

from igbot.cli import main

if __name__ == "__main__":
    main(prog_name="igbot")

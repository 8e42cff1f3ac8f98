"""Every setting of igbot: typed, read once, and printable without its secrets.

Values come from the environment, else from a `.env` file in the working directory, else from
the defaults below. Whoever needs settings is handed the object; nobody reads the environment.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from igbot.errors import BrokenShop

META_MEDIA_HOSTS = ("lookaside.fbsbx.com", ".fbsbx.com", ".fbcdn.net", ".cdninstagram.com")
"""Hosts customers' photos come from; a leading dot means "or any name below it" (CONTRACT 6)."""

_GRAPH_HOSTS = {"instagram": "https://graph.instagram.com", "facebook": "https://graph.facebook.com"}


class Settings(BaseSettings):
    """What is in force in this process (DESIGN 5.2)."""

    model_config = SettingsConfigDict(
        env_prefix="IGBOT_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    database_url: str = Field("", description="SQLAlchemy URL; postgresql+psycopg://... for several processes")
    data_dir: Path = Field(Path("instance"), description="database, evidence, keys, backups")
    storage_url: str = Field("", description="evidence store; s3://bucket/prefix for several machines")
    public_url: str | None = Field(None, description="where customers and Meta reach us")
    secret_key: SecretStr | None = Field(None, description="sessions and signed links; made once if not given")
    app_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description="comma list; a webhook signed by any of them is accepted"
    )
    verify_token: SecretStr | None = Field(None, description="webhook verification; unset: refused")
    app_id: str | None = Field(None, description="to know our own echoes, to log in")
    login: Literal["instagram", "facebook"] = Field("instagram", description="which of the two set-ups")
    graph_url: str = Field("", description="base URL of the Graph API, without version")
    graph_version: str = Field("v25.0", pattern=r"^v\d+\.\d+$", description="version of the Graph API")
    account_id: str | None = Field(None, description="the first account, taken in at first start")
    access_token: SecretStr | None = Field(None, description="the first account's token")
    pack: str = Field("jewelry", description="policy pack of the first account: a shipped name or a folder")
    flows: str = Field("flows", description="import name of the flows package")
    media_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        META_MEDIA_HOSTS, description="hosts photos may be fetched from"
    )
    human_agent: bool = Field(False, description="Meta approved the Human Agent feature for this app")
    takeover_hours: float = Field(12, gt=0, description="after the last owner message, unless handed back earlier")
    send_rate: float = Field(5, gt=0, description="sends a second per account")
    echo_wait: float = Field(30, ge=0, description="seconds an unknown send waits for its echo")
    proxies: int = Field(0, ge=0, description="reverse proxies in front of us; what they say of the caller is believed")
    log_format: Literal["text", "json"] = Field("text", description="text or json")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least severe line logged")

    @field_validator("app_secrets", "media_hosts", mode="before")
    @classmethod
    def _comma_list(cls, value: object) -> object:
        """Lists are written `a, b` in the environment."""
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'igbot.db'}"

    @property
    def storage(self) -> str:
        """Where evidence is kept: a folder or an fsspec URL."""
        return self.storage_url or str(self.data_dir / "evidence")

    @property
    def graph_base(self) -> str:
        """Base URL of the Graph API, without version and without a final slash."""
        return (self.graph_url or _GRAPH_HOSTS[self.login]).rstrip("/")

    @property
    def secret_values(self) -> tuple[str, ...]:
        """The app secrets in the clear, for checking signatures."""
        return tuple(secret.get_secret_value() for secret in self.app_secrets)

    def session_key(self) -> str:
        """The key for sessions and signed links, made once and kept in the data folder with mode 600."""
        if self.secret_key:
            return self.secret_key.get_secret_value()
        path = self.data_dir / "secret_key"
        make_private(self.data_dir)
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode=0o600)
        except FileExistsError:
            return path.read_text()
        with os.fdopen(descriptor, "w") as file:
            key = secrets.token_urlsafe(48)
            file.write(key)
        return key


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for this user alone; what is there stays as it is.

    Access tokens, customers' words and their photos lie in it: nobody else on the machine is to read them.
    `Path.mkdir(parents=True)` would give the mode to the last folder only.
    """
    if not folder.exists():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


@dataclass(frozen=True)
class Shown:
    """One setting as a person may see it: its name, value (masked if secret), source and meaning."""

    name: str
    value: str
    source: Literal["set", "default"]
    meaning: str


def read(**overrides: object) -> Settings:
    """The settings in force; `overrides` win over the environment.

    Raises BrokenShop naming every setting that is wrong, all at once.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks what the caller hands in
    except ValidationError as error:
        wrong = "; ".join(f"IGBOT_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise BrokenShop(f"These settings are not usable: {wrong}.") from None


def require(settings: Settings, *names: str) -> None:
    """Refuse to start when any of the named settings is missing; the error lists all of them.

    Raises BrokenShop.
    """
    missing = [f"IGBOT_{name.upper()}" for name in names if not getattr(settings, name)]
    if missing:
        raise BrokenShop(
            f"Please set {', '.join(missing)} (environment or .env file). `igbot settings` explains each one."
        )


def shown(settings: Settings) -> list[Shown]:
    """Every setting in the order of DESIGN 5.2, secrets masked."""
    rows = []
    in_force = {"database_url": settings.database, "storage_url": settings.storage, "graph_url": settings.graph_base}
    for name, field in Settings.model_fields.items():
        value = in_force.get(name, getattr(settings, name))
        is_secret = "Secret" in str(field.annotation)
        rows.append(
            Shown(
                name=f"IGBOT_{name.upper()}",
                value=_plain(value, secret=is_secret),
                source="set" if name in settings.model_fields_set else "default",
                meaning=field.description or "",
            )
        )
    return rows


def _plain(value: object, *, secret: bool) -> str:
    if value is None or value == ():
        return ""
    if secret:
        return "********"
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    scheme, at, rest = text.rpartition("@")
    return f"{scheme.split('://')[0]}://********@{rest}" if at and "://" in scheme else text

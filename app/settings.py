"""The environment, read once."""

from __future__ import annotations

from pathlib import Path

from limits import parse
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.http.hosts import is_loopback


class Settings(BaseSettings):
    """Every setting, with the variable it is read from: REDRAFT_ and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix="REDRAFT_", env_ignore_empty=True)

    home: Path = Field(default=Path(".redraft"), description="Where the embedded database and demo.key are kept.")
    host: str = Field(default="127.0.0.1", description="The address that the server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port that the server listens on.")
    database_url: str | None = Field(
        default=None,
        description="postgresql://… or sqlite:///PATH. Without it, an embedded SQLite database in REDRAFT_HOME.",
        repr=False,
    )
    rate_limit: str | None = Field(
        default=None,
        description="How many requests one API key may make: COUNT/second, /minute, /hour or /day. Unlimited without.",
    )

    @field_validator("rate_limit")
    @classmethod
    def _is_a_rate(cls, value: str | None) -> str | None:
        if value is not None:
            parse(value)
        return value

    @property
    def is_embedded(self) -> bool:
        """Whether Redraft keeps the database itself, in its own folder."""
        return self.database_url is None

    @property
    def effective_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home.resolve() / 'redraft.db'}"

    @property
    def demo_key_file(self) -> Path:
        return self.home / "demo.key"

    @property
    def is_local_only(self) -> bool:
        """Whether nobody but this machine can reach the server."""
        return is_loopback(self.host)

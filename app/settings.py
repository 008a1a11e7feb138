"""The environment, read once."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.domain.media import is_media_url
from app.domain.publishing import LEASE, LONGEST_LEASE
from app.http.body import BODY_LIMIT
from app.http.hosts import is_loopback
from app.http.rate_limits import read_rate_limits
from app.http.shared_request_counts import check_redis_url
from app.repositories.credential_cipher import read_secret_keys

Statuses: TypeAlias = Literal["audit", "draft"]


class Settings(BaseSettings):
    """Every setting, with the variable it is read from: REDRAFT_ and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix="REDRAFT_", env_ignore_empty=True, hide_input_in_errors=True)

    home: Path = Field(default=Path(".redraft"), description="Where the embedded database and demo.key are kept.")
    host: str = Field(default="127.0.0.1", description="The address that the server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port that the server listens on.")
    database_url: str | None = Field(
        default=None,
        description="postgresql://… or sqlite:///PATH. Without it, an embedded SQLite database in REDRAFT_HOME.",
        repr=False,
    )
    media_url: str | None = Field(
        default=None,
        description=(
            "Where uploaded files are kept: s3://BUCKET/PREFIX, gs://…, azure://… or file:///PATH, with the variables "
            "that such a store usually reads. Without it, a folder in REDRAFT_HOME."
        ),
        repr=False,
    )
    public_url: str | None = Field(
        default=None,
        description=(
            "https://HOST, the address that the internet knows this server by: networks fetch uploaded files from it. "
            "Without it, the one that an upload was sent to."
        ),
    )
    rate_limit: str | None = Field(
        default=None,
        description=(
            "How many requests one API key may make: COUNT/second, /minute, /hour or /day, or several such limits with "
            "semicolons between them. Unlimited without."
        ),
    )
    rate_limit_url: SecretStr | None = Field(
        default=None,
        description=(
            "redis://:PASSWORD@HOST:PORT/DATABASE, rediss://… for TLS, or unix:///SOCKET: where the requests of a key "
            "are counted by all processes together. Without it, each counts for itself."
        ),
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description=(
            "What the credentials of accounts are encrypted with: `redraft secret-key` prints one. Of several, with "
            "commas between them, the first encrypts and each decrypts. An embedded database makes its own without."
        ),
    )

    allow_private_networks: bool = Field(
        default=False,
        description=(
            "1 lets posts and webhooks be sent to addresses that are not on the public internet: this machine, the "
            "local network. For trying things out; with it, whoever may make an account can reach what this server can."
        ),
    )
    call_timeout: float = Field(
        default=30.0, gt=0, le=300, description="Seconds that a network or a webhook has to answer."
    )
    lease: float = Field(
        default=LEASE.total_seconds(),
        ge=1,
        le=LONGEST_LEASE.total_seconds(),
        description="Seconds after which what a worker was publishing is another's, if the worker has died.",
    )
    production: bool = Field(
        default=False,
        description=(
            "1 shows strangers less: no explorer, no description of the GraphQL schema, no suggestions in GraphQL's "
            "errors, and no queries over GET."
        ),
    )
    graphql_statuses: Statuses = Field(
        default="audit",
        description=(
            "Statuses of application/graphql-response+json: `audit`, 400 for an invalid operation, as clients know "
            "it; `draft`, 422 for one that can be parsed and 294 for a partial answer, as the specification's draft of "
            "August 2026 has it."
        ),
    )
    graphql_tokens: int = Field(default=5_000, ge=1, description="Tokens of a GraphQL document.")
    graphql_depth: int = Field(default=12, ge=1, description="Fields within fields of a GraphQL operation.")
    graphql_aliases: int = Field(default=30, ge=0, description="Aliases of a GraphQL operation.")
    graphql_directives: int = Field(default=10, ge=0, description="Directives at one place of a GraphQL document.")
    graphql_cost: int = Field(
        default=25_000, ge=1, description="Cost of a GraphQL operation, as answers tell it in `extensions.cost`."
    )
    graphql_errors: int = Field(default=20, ge=1, description="Errors that one GraphQL answer tells of.")
    query_timeout: float = Field(default=15.0, gt=0, le=3600, description="Seconds that a GraphQL query may take.")
    mutation_timeout: float = Field(
        default=60.0, gt=0, le=3600, description="Seconds after which a GraphQL mutation is no longer waited for."
    )
    body_limit: int = Field(
        default=BODY_LIMIT, ge=1024, le=64 * 1024 * 1024, description="Bytes of a request's JSON, on every API."
    )
    compiled: bool = Field(
        default=True,
        description="0 has every GraphQL operation executed by graphql-core, slower, and answered the same.",
    )
    trusted_documents: Path | None = Field(
        default=None,
        description=(
            "A manifest of GraphQL documents, as Apollo's tools or GraphQL Code Generator write it: only these are "
            "executed. Any document is, without."
        ),
    )
    listen_url: str | None = Field(
        default=None,
        description=(
            "postgresql://…, past a pooler that shares connections between transactions: where changes made by other "
            "processes are heard of at once. Without it, REDRAFT_DATABASE_URL."
        ),
        repr=False,
    )

    @field_validator("rate_limit")
    @classmethod
    def _is_a_rate(cls, value: str | None) -> str | None:
        if value is not None:
            read_rate_limits(value)
        return value

    @field_validator("rate_limit_url")
    @classmethod
    def _is_a_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            check_redis_url(value.get_secret_value())
        return value

    @field_validator("public_url")
    @classmethod
    def _is_a_base(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not is_media_url(value) or "?" in value or "#" in value:
            raise ValueError("must be an http or https address such as https://redraft.example")
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _holds_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            read_secret_keys(value.get_secret_value())
        return value

    @property
    def is_embedded(self) -> bool:
        """Whether Redraft keeps the database itself, in its own folder."""
        return self.database_url is None

    @property
    def effective_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home.resolve() / 'redraft.db'}"

    @property
    def media_folder(self) -> Path:
        """Where uploaded files are kept that go nowhere else."""
        return self.home.resolve() / "media"

    @property
    def uploads_folder(self) -> Path:
        """Where files are while they come in."""
        return self.home.resolve() / "uploads"

    @property
    def sandbox_folder(self) -> Path:
        """Where the sandbox keeps what went out to it."""
        return self.home.resolve() / "sandbox"

    @property
    def demo_key_file(self) -> Path:
        return self.home / "demo.key"

    @property
    def secret_key_file(self) -> Path:
        """The key of an embedded database for which none is set."""
        return self.home / "secret.key"

    @property
    def local_address(self) -> str | None:
        """Where this machine's browsers find the server, if nobody else can and its port is known."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}" if self.is_local_only and self.port else None

    @property
    def is_local_only(self) -> bool:
        """Whether nobody but this machine can reach the server."""
        return is_loopback(self.host)

"""The tables that an update and a page of posts need, as Redraft's migrations made them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

ORGANIZATION = 1


class Account(SQLModel, table=True):
    __tablename__ = "accounts"

    organization_id: int = Field(primary_key=True)
    id: int = Field(primary_key=True)
    platform: str
    name: str


class Post(SQLModel, table=True):
    __tablename__ = "posts"

    organization_id: int = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    kind: str
    status: str
    content: str
    title: str | None
    scheduled_for: int | None
    timezone: str
    social_audio_id: str | None
    failure_reason: str | None
    version: int
    created_at: int
    updated_at: int


class Destination(SQLModel, table=True):
    __tablename__ = "destinations"

    organization_id: int = Field(primary_key=True)
    post_id: UUID = Field(primary_key=True)
    account_id: int = Field(primary_key=True)
    status: str
    platform_post_id: str | None
    platform_post_url: str | None
    published_at: int | None
    error: str | None
    attempts: int
    next_attempt_at: int | None


class PostMedia(SQLModel, table=True):
    __tablename__ = "post_media"

    organization_id: int = Field(primary_key=True)
    post_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    media_id: UUID


class Revision(SQLModel, table=True):
    __tablename__ = "revisions"

    organization_id: int = Field(primary_key=True)
    post_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    changed_at: int
    changed_by: str
    changes: list[Any] = Field(sa_type=JSON)
    event: str
    status: str
    transaction_id: int
    position: int

"""Every network there is, and which one an account's credentials are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.platforms import Platform
from app.networks.bluesky import Bluesky
from app.networks.discord import Discord
from app.networks.mastodon import Mastodon
from app.networks.sandbox import Sandbox
from app.networks.webhook import Webhook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from app.domain.credentials import Credentials
    from app.domain.publishing import MediaSource, Network
    from app.networks.http import Http


class Directory:
    """The networks, told apart as app.domain.credentials tells shapes apart."""

    def __init__(self, http: Http, media: MediaSource, *, sandbox_folder: Path, sandbox_url: str | None = None) -> None:
        """sandbox_url: the base URL of the server that shows what went out to the sandbox, if there is one."""
        self._webhook = Webhook(http)
        self._sandbox = Sandbox(sandbox_folder, sandbox_url)
        self._of_platform: Mapping[Platform, Network] = {
            Platform.BLUESKY: Bluesky(http, media),
            Platform.DISCORD: Discord(http, media),
            Platform.MASTODON: Mastodon(http, media),
        }

    def find(self, platform: Platform, credentials: Credentials) -> Network:
        """Raises LookupError where the credentials are none that check_credentials lets through."""
        if "sandbox" in credentials:
            return self._sandbox
        if "url" in credentials:
            return self._webhook
        return self._of_platform[platform]

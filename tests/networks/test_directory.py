"""Which network an account's credentials are for."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.credentials import ADDRESSES, check_credentials, shapes_of
from app.domain.issues import Issues
from app.domain.platforms import Platform
from app.networks.directory import Directory
from app.networks.http import open_http
from tests.networks.posts import Files


@pytest.mark.parametrize("platform", Platform)
async def test_every_set_of_credentials_that_may_be_stored_has_a_network(platform: Platform, tmp_path: Path) -> None:
    found = {}
    async with open_http(allow_private=False, timeout=5) as http:
        directory = Directory(http, Files(), sandbox_folder=tmp_path)
        for shape in shapes_of(platform):
            credentials = {name: "https://a.example" if name in ADDRESSES else "text" for name in shape}
            check_credentials(platform, credentials, issues := Issues())
            issues.refuse_if_any()
            found[shape] = directory.find(platform, credentials).name

    expected = {("url", "secret"): "webhook", ("sandbox",): "sandbox"}
    if platform in (Platform.BLUESKY, Platform.DISCORD, Platform.MASTODON):
        expected[shapes_of(platform)[0]] = platform.value
    assert found == expected


async def test_credentials_of_no_shape_have_none(tmp_path: Path) -> None:
    async with open_http(allow_private=False, timeout=5) as http:
        with pytest.raises(LookupError):
            Directory(http, Files(), sandbox_folder=tmp_path).find(Platform.X, {"login": "a"})

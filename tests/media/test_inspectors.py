"""However many files come at once, two are looked into."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Semaphore, get_ident
from typing import Any

from starlette.requests import Request

from app.media.inspection import Measures
from app.media.upload import Upload
from app.rest.v1.media.intake import take_in
from tests.support.files import END, FORM, part


class SlowUpload(Upload):
    """Its inspection takes until the test allows it to end."""

    begun = Semaphore(0)
    may_end = Event()
    threads: set[int]

    def measure(self) -> Measures:
        self.threads.add(get_ident())
        self.begun.release()
        self.may_end.wait()
        return Measures(1, 1)


def request_with_a_file() -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": part("file", b"") + END, "more_body": False}

    headers = [(name.lower().encode(), value.encode()) for name, value in FORM.items()]
    return Request({"type": "http", "method": "POST", "path": "/v1/media", "headers": headers}, receive)


async def test_two_files_are_inspected_at_once_and_the_others_wait(tmp_path: Path) -> None:
    SlowUpload.threads = set()
    uploads = [SlowUpload(tmp_path) for _ in range(40)]
    taken = asyncio.gather(*(take_in(request_with_a_file(), upload) for upload in uploads))

    with ThreadPoolExecutor(1) as another_thread:
        for _ in range(2):
            await asyncio.get_running_loop().run_in_executor(another_thread, SlowUpload.begun.acquire)
    SlowUpload.may_end.set()

    assert await taken == [(Measures(1, 1), None)] * 40
    assert len(SlowUpload.threads) == 2
    for upload in uploads:
        upload.file.close()

"""A clock that is set while processes read it: libfaketime, by a file that says how far it is off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.clock import utc_now


@dataclass(slots=True)
class SetClock:
    """file: where processes read how far their clock is off. What measures time only, and never tells it, goes on."""

    file: Path
    off: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        self.set(self.off)

    def __call__(self) -> datetime:
        return utc_now() + self.off

    def set(self, off: timedelta) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(f"{off.total_seconds():+.0f}")
        new.replace(self.file)
        self.off = off

    @property
    def environment(self) -> dict[str, str]:
        """Of a process that is to have this clock."""
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # Else threads of one process that wait for each other do not wait: they ask again and again.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            "NO_FAKE_STAT": "1",
        }


def clear_up_after(pids: Iterable[int]) -> None:
    """Remove what libfaketime keeps in memory for a process: one that is killed cannot do so itself."""
    for pid in pids:
        for name in (f"faketime_shm_{pid}", f"sem.faketime_sem_{pid}"):
            (Path("/dev/shm") / name).unlink(missing_ok=True)  # noqa: S108 - it is where that library keeps it


def _library() -> Path:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    assert found, "libfaketime is not there: apt-get install faketime"
    return found[0]

"""Hearing at once that the process is to stop.

The server tells an application that it is to shut down when the last connection has ended. A stream of events ends
only when it is told to, so that each would wait for the other.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_of_stop(hear: Callable[[], None]) -> Iterator[None]:
    """Have `hear` called on the running event loop when a signal says stop, besides what the signal did before."""
    if threading.current_thread() is not threading.main_thread():  # no other thread is told of signals
        yield
        return
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def handle(number: int, frame: Any) -> None:
        loop.call_soon_threadsafe(hear)
        handler = before[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)

    for number, handler in before.items():
        if callable(handler):  # what would end the process by itself, or is ignored, is left alone
            signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            if callable(handler):
                signal.signal(number, handler)

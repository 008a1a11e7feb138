"""Requests, as many at a time as there are connections, for a few seconds.

The client is wrk, which writes a request in some microseconds: it says how much of a core it needed, and a load that it
limits itself is an error.
"""

from __future__ import annotations

import json
import math
import re
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from scripts.benchmarks.operations import Operation
from scripts.benchmarks.servers import Server, WrongAnswer

_SCRIPT = Path(__file__).with_name("load.lua")
_LONGEST_ANSWER = 60
"""Seconds."""
_MOST_OF_A_CORE = 0.8


@dataclass(frozen=True, slots=True)
class Sample:
    """What one load found. rate: requests a second. p50, p99, and cpu, the server's for one request: milliseconds.

    Where nothing at all was answered in time, rate is 0 and the others are infinite.
    """

    rate: float
    p50: float
    p99: float
    cpu: float


def run_load(server: Server, operation: Operation, *, connections: int, seconds: float, seed: int) -> Sample:
    """seed: which posts, and which texts. Two loads of one server never share one.

    Raises WrongAnswer when a request is answered with anything but 200, and RuntimeError when the client was too slow.
    """
    load = [operation.method, operation.path, operation.body, server.key, str(server.posts), str(seed)]
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", f"--timeout={_LONGEST_ANSWER}s", "-s", str(_SCRIPT)]
    used_before, client_before, began = server.cpu_seconds(), _client_seconds(), time.perf_counter()
    done = subprocess.run(
        [*command, server.address, "--", *load],
        capture_output=True,
        text=True,
        timeout=seconds + 2 * _LONGEST_ANSWER,
        check=True,
    )
    share = (_client_seconds() - client_before) / (time.perf_counter() - began)
    if share > _MOST_OF_A_CORE:
        raise RuntimeError(f"The client itself was the limit: it needed {share:.0%} of a core for {operation.name}.")

    found = re.search(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"wrk said nothing: {done.stdout}{done.stderr}")
    result = json.loads(found[1])
    if result["refused"] or result["broken"]:
        raise WrongAnswer(f"{server.name}, {operation.name} at {connections}: {result}")
    if operation.writes:
        server.answered += result["requests"]
        server.started += result["requests"] + connections
    if not result["requests"]:
        return Sample(rate=0.0, p50=math.inf, p99=math.inf, cpu=math.inf)
    return Sample(
        rate=result["requests"] / result["microseconds"] * 1e6,
        p50=result["p50"] / 1000,
        p99=result["p99"] / 1000,
        cpu=(server.cpu_seconds() - used_before) / result["requests"] * 1000,
    )


def _client_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

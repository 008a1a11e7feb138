"""/metrics: what is counted, under which names, and that a client cannot make up more of them."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from itertools import count
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from app.commands.fill_demo import SCHEDULED
from app.commands.health import Health
from app.repositories.database import Database
from tests.conftest import serving
from tests.support.clock import Clock
from tests.support.edges import without_cost
from tests.support.server import ROOT

COUNT = "redraft_request_duration_seconds_count"


async def samples(client: httpx.AsyncClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    response = await client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


async def requests_counted(client: httpx.AsyncClient) -> Counter[tuple[str, str, str]]:
    """How many requests of each (edge, operation, class of status), the health edge left out."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for (name, labels), value in (await samples(client)).items():
        label = dict(labels)
        if name == COUNT and label["edge"] != "health":
            counted[label["edge"], label["operation"], label["status"]] += int(value)
    return counted


async def test_requests_are_counted_by_what_they_asked_for(client: httpx.AsyncClient) -> None:
    before = await requests_counted(client)

    one = f'query Named {{ post(id: "{SCHEDULED}") {{ id }} }}'
    fragment = "query { ...P } fragment P on Query { ... on Query { accounts { accountId } } }"
    for document in (one, one, fragment, "{ a: __typename b: __typename }", "{ __typename accounts { accountId } }"):
        answer = await client.post("/graphql", json={"query": document})
        assert "errors" not in answer.json(), answer.text
    two = {"query": "query A { __typename } query B { accounts { accountId } }", "operationName": "B"}
    assert "errors" not in (await client.post("/graphql", json=two)).json()
    await client.post("/graphql", json={"query": "query Nonsense { nonsense }"})
    await client.get("/graphql", headers={"Accept": "text/html"})
    await client.get(f"/v1/posts/{SCHEDULED}")
    await client.get(f"/api/v1/posts/{SCHEDULED}")
    await client.get("/v1/posts/nonsense")
    await client.post("/post/update", json={})
    await client.get("/post/nonsense")

    assert await requests_counted(client) - before == Counter(
        {
            ("graphql", "post", "2xx"): 2,
            ("graphql", "accounts", "2xx"): 2,
            ("graphql", "__typename", "2xx"): 1,
            ("graphql", "several", "2xx"): 1,
            ("graphql", "none", "2xx"): 1,
            ("graphql", "explorer", "2xx"): 1,
            ("v1", "GET /posts/{post_id}", "2xx"): 2,
            ("v1", "GET /posts/{post_id}", "4xx"): 1,
            ("ugc", "POST /post/update", "4xx"): 1,
            ("ugc", "none", "4xx"): 1,
        }
    )


async def test_names_that_clients_make_up_are_no_names_of_figures(client: httpx.AsyncClient) -> None:
    async def ask(number: int) -> None:
        made_up = f"madeUp{number}"
        query = {"query": f"query {made_up} {{ {made_up}: __typename }}", "operationName": made_up}
        assert without_cost(await client.post("/graphql", json=query)) == {"data": {made_up: "Query"}}
        await client.post("/graphql", json={"query": f"{{ {made_up} }}"})
        await client.get(f"/{made_up}")
        await client.get(f"/v1/posts/{made_up}")
        await client.request(made_up.upper(), "/v1/posts")
        await client.request(made_up.upper(), "/healthz")

    await ask(0)
    names = set(await samples(client))

    for number in range(1, 20):
        await ask(number)

    assert set(await samples(client)) == names
    assert "madeup" not in (await client.get("/metrics")).text.lower()


async def test_the_oldest_overdue_post_is_told_in_seconds(
    database_url: str, database: Database, demo: str, clock: Clock
) -> None:
    due = {"at": int(clock.now.timestamp() * 1000) + 60_000}
    put_off = text("UPDATE posts SET scheduled_for = :at WHERE status = 'scheduled'")
    await database.write(lambda connection: connection.execute(put_off, due) and None)
    seconds = count(step=10)

    async with serving(database_url, clock) as (app, client):
        app.state.health = Health(database, clock=clock, timer=lambda: next(seconds))
        told = []
        for _ in range(3):
            told.append((await samples(client))["redraft_oldest_overdue_seconds", ()])
            clock.advance(seconds=45.25)

    assert told == [0, 0, 30.5]


async def test_figures_of_what_the_database_cannot_tell_are_left_out(
    client: httpx.AsyncClient, database: Database
) -> None:
    await database.write(lambda connection: connection.execute(text("DROP TABLE post_media")) and None)
    await database.write(lambda connection: connection.execute(text("DROP TABLE destinations")) and None)
    await database.write(lambda connection: connection.execute(text("ALTER TABLE posts RENAME TO lost")) and None)

    told = {name for name, _ in await samples(client)}

    assert "redraft_oldest_overdue_seconds" not in told
    assert "redraft_build_info" in told


FIGURES = """
from app.monitoring.metrics import attempts, commit_batch_units, exposition, subscriptions, webhook_deliveries
from app.monitoring.metrics import worker_ticked
before = exposition(oldest_overdue=None, accept="")[0].decode()
assert "redraft_worker_last_tick" not in before
attempts.labels("mastodon", "published").inc()
webhook_deliveries.labels("delivered").inc(2)
commit_batch_units.observe(3)
subscriptions.inc()
worker_ticked()
worker_ticked()
print(exposition(oldest_overdue=1.5, accept="")[0].decode())
"""


def test_every_figure_has_its_name() -> None:
    ran = subprocess.run([sys.executable, "-c", FIGURES], cwd=ROOT, capture_output=True, text=True, check=True)

    told = {
        line.split(" ")[0]: float(line.split(" ")[1]) for line in ran.stdout.splitlines() if line[:1] not in ("#", "")
    }
    tick = told.pop("redraft_worker_last_tick_timestamp_seconds")
    assert tick > 1_700_000_000
    assert told == {
        'redraft_attempts_total{network="mastodon",outcome="published"}': 1,
        'redraft_webhook_deliveries_total{outcome="delivered"}': 2,
        **{
            f'redraft_commit_batch_units_bucket{{le="{le}"}}': float(le >= 4)
            for le in (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
        },
        'redraft_commit_batch_units_bucket{le="+Inf"}': 1,
        "redraft_commit_batch_units_count": 1,
        "redraft_commit_batch_units_sum": 3,
        "redraft_subscriptions": 1,
        "redraft_oldest_overdue_seconds": 1.5,
        'redraft_build_info{version="0.1.0"}': 1,
    }


COUNTING = """
import sys
from app.monitoring.metrics import attempts, commit_batch_units, subscriptions, worker_ticked
attempts.labels("mastodon", "published").inc(int(sys.argv[1]))
commit_batch_units.observe(int(sys.argv[1]))
subscriptions.inc(int(sys.argv[1]))
print(__import__("os").getpid())
"""
ADDING = """
import sys
from app.monitoring.metrics import exposition, forget_process
forget_process(int(sys.argv[1]))
print(exposition(oldest_overdue=None, accept="")[0].decode())
"""


def test_figures_of_several_processes_are_added_up_and_gauges_of_the_dead_are_not(tmp_path: Path) -> None:
    def run(code: str, argument: object) -> str:
        return subprocess.run(
            [sys.executable, "-c", code, str(argument)],
            cwd=ROOT,
            env={"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    first = run(COUNTING, 2).strip()
    run(COUNTING, 5)
    told = run(ADDING, first).splitlines()

    assert 'redraft_attempts_total{network="mastodon",outcome="published"} 7.0' in told
    assert 'redraft_commit_batch_units_bucket{le="2.0"} 1.0' in told
    assert "redraft_commit_batch_units_count 2.0" in told
    assert "redraft_commit_batch_units_sum 7.0" in told
    assert "redraft_subscriptions 5.0" in told

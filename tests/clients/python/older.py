"""A program from before PublishingInProgress existed: it updates one post, and prints as JSON what it was told.

Its arguments: the server's address, a key, and the post's id.
"""

from __future__ import annotations

import asyncio
import json
import sys

from redraft_client import Client, ErrorCode, UpdatePostInput, UpdatePostResultUpdatePostSuccess


async def main(address: str, key: str, id: str) -> None:
    async with Client(f"{address}/graphql", headers={"Authorization": f"Bearer {key}"}) as client:
        result = (await client.update_post(id, UpdatePostInput(content="Changed"))).result
    if isinstance(result, UpdatePostResultUpdatePostSuccess):
        json.dump(result.changed_fields, sys.stdout)
        return
    told = {
        "class": type(result).__name__,
        "type": result.typename__,
        "code": result.code.value,
        "is_known_code": result.code in list(ErrorCode),
        "message": result.message,
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

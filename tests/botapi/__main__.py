"""Run the server by hand (`python -m tests.botapi --port 8081 --token 1:x`), play people in a browser."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys

from tests.botapi.people import OWNER, Member
from tests.botapi.server import TOKEN, BotApi


def inhabit(api: BotApi) -> None:
    """Somebody to play: two people, a private chat each, a group, a forum and a channel."""
    ann, bob = api.person(1001, "Ann"), api.person(1002, "Bob")
    api.private(ann.id, "Ann")
    api.private(bob.id, "Bob")
    api.group(-1001000000001, "Newsroom", {ann: OWNER, bob: Member()})
    api.group(-1001000000002, "Forum", {ann: OWNER, bob: Member()}, forum=True)
    api.channel(-1001000000003, "Alerts", {ann: OWNER}, username="my_channel")


async def serve(token: str, port: int) -> None:
    """Serve until interrupted."""
    api = BotApi(token, port=port)
    inhabit(api)
    async with api:
        sys.stdout.write(
            f"Bot API:         {api.url}\n"
            f"Play the people: {api.url}/\n"
            f"For the bot:     TELEGRAM_API_URL={api.url} TELEGRAM_BOT_TOKEN={token} OWNERS=1001\n"
            f"Chats:           {', '.join(f'{chat.name} ({chat.id})' for chat in api.chats.values())}\n"
        )
        sys.stdout.flush()
        seen = 0
        while True:
            await api.wait_for_more(seen)
            for request in api.requests[seen:]:
                if request.method != "getUpdates" or request.description:
                    sys.stdout.write(f"{request.status} {request.method} {request.description}\n")
            sys.stdout.flush()
            seen = len(api.requests)


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.botapi", description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="on 127.0.0.1 (default: 8081)")
    parser.add_argument("--token", default=TOKEN, help="the token that the bot must use")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(given.token, given.port))


if __name__ == "__main__":
    main()

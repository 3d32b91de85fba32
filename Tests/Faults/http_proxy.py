"""A proxy for HTTP that can lose, hold and cut exchanges: between the services and the gateway, and between the gateway and them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Literal

import web
from proxies import Ambush, Lair

#: `asked`: the request is here and not yet forwarded. `answered`: the answer is here and the one who asked doesn't know.
ExchangePoint = Literal["asked", "answered"]

Target = tuple[str, int]


class HTTPProxy:
    """Takes one request for each connection. A message is read as a whole before it is passed on."""

    def __init__(
        self,
        name: str,
        targets: Callable[[], Sequence[Target]],
        watch: Callable[[web.Message, web.Message | None], None] | None = None,
    ):
        self.name = name
        self.exchanges = 0
        self.lair: Lair[ExchangePoint] = Lair()
        self._targets = targets
        self._watch = watch
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._turn = 0

    async def listen(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=web.LARGEST_MESSAGE)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await web.read_message(reader)
            self.exchanges += 1
            fault = self.lair.take("asked", "answered")
            if fault and fault.point == "asked" and not await self._suffer(fault, None):
                return
            answer, target = await self._forward(request)
            if self._watch:
                self._watch(request, answer)
            if answer is None:
                return
            encoded = answer.encoded()
            if fault and fault.point == "answered":
                if fault.action == "truncate":
                    writer.write(encoded[: len(encoded) * 2 // 3])
                    await writer.drain()
                if not await self._suffer(fault, target):
                    return
            writer.write(encoded)
            await writer.drain()
            writer.close()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            if not writer.is_closing():
                writer.transport.abort()

    async def _forward(self, request: web.Message) -> tuple[web.Message | None, str]:
        """Passes the request on to a receiver that is listening. The result is None when no answer came."""
        targets = self._targets()
        self._turn += 1
        for step in range(len(targets)):
            name, port = targets[(self._turn + step) % len(targets)]
            try:
                return await web.exchange(port, request, timeout=60), name
            except web.NotSent:
                continue
            except web.NoAnswer:
                return None, name
        return None, ""

    async def _suffer(self, fault: Ambush[ExchangePoint], target: str | None) -> bool:
        """Lets a fault happen. Returns whether the exchange goes on."""
        match fault.action:
            case "delay":
                await asyncio.sleep(fault.seconds)
                return True
            case "freeze":
                await asyncio.sleep(fault.seconds)
                return not fault.then_cut
            case "kill" if fault.strike and target:
                fault.strike(target)
        return False

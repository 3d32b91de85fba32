"""A TCP proxy between one service and PostgreSQL that understands when a transaction is committed.

Of PostgreSQL's protocol it reads just enough to see a COMMIT leave (a simple query, or the binding of a statement that was
prepared as one) and its answer come back, so that a fault can be put exactly before, between and after the two.
"""

from __future__ import annotations

import asyncio
import re
import struct
from collections.abc import Iterator
from typing import Literal

from proxies import Ambush, Lair

#: `asked`: the COMMIT is here and not yet forwarded. `forwarded`: the server has it, its answer is not awaited.
#: `answered`: the server has committed and the service doesn't know. `told`: the service knows, and its caller does not.
CommitPoint = Literal["asked", "forwarded", "answered", "told"]

_SSL, _GSS, _CANCEL = 80877103, 80877104, 80877102
_CHUNK = 65536
#: Not the UPDATE of a FOR UPDATE.
_WRITING = re.compile(rb"\b(INSERT INTO|DELETE FROM|(?<!FOR )(?<!KEY )UPDATE [a-z])", re.IGNORECASE)


class _Frames:
    """Cuts a stream of messages into whole ones."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """The messages that are complete by now: their kinds and all their bytes."""
        self._rest += data
        begin, end = 0, len(self._rest)
        while end - begin >= 5:
            size = 1 + int.from_bytes(self._rest[begin + 1 : begin + 5], "big")
            if end - begin < size:
                break
            yield self._rest[begin], bytes(self._rest[begin : begin + size])
            begin += size
        del self._rest[:begin]


class _Statements:
    """What the statements of one connection do, by the names that they were prepared under."""

    def __init__(self) -> None:
        self._commits: set[bytes] = set()
        self._writes: set[bytes] = set()

    def prepared(self, frame: bytes) -> None:
        name, text = frame[5:].split(b"\0", 2)[:2]
        self._commits.discard(name)
        self._writes.discard(name)
        if self.is_commit(text):
            self._commits.add(name)
        elif self.is_write(text):
            self._writes.add(name)

    def bound(self, frame: bytes) -> tuple[bool, bool]:
        """Whether what is about to be executed is a COMMIT, and whether it writes."""
        name = frame[5:].split(b"\0", 2)[1]
        return name in self._commits, name in self._writes

    @staticmethod
    def is_commit(text: bytes) -> bool:
        return text.strip().rstrip(b";").upper() in (b"COMMIT", b"END")

    @staticmethod
    def is_write(text: bytes) -> bool:
        return _WRITING.search(text) is not None


class DatabaseProxy:
    """The proxy in front of PostgreSQL for one process of one service."""

    def __init__(self, service: str, database_port: int):
        self.service = service
        self.lair: Lair[CommitPoint] = Lair()
        self.commits = 0
        self._database_port = database_port
        self._wires: set[_Wire] = set()
        self._server: asyncio.Server | None = None
        self._is_cut_off = False

    async def listen(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server:
            self._server.close()
        self.cut_all()

    def cut_all(self) -> int:
        """Cuts all connections, and returns how many there were."""
        wires = list(self._wires)
        for wire in wires:
            wire.cut()
        return len(wires)

    async def cut_off(self, seconds: float) -> int:
        """Cuts all connections and lets no new one through for a while."""
        self._is_cut_off = True
        try:
            count = self.cut_all()
            await asyncio.sleep(seconds)
        finally:
            self._is_cut_off = False
        return count

    def freeze_all(self, seconds: float, then_cut: bool) -> int:
        """Stops forwarding on all connections without closing them."""
        for wire in self._wires:
            wire.freeze(seconds, then_cut)
        return len(self._wires)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut_off:
            writer.transport.abort()
            return
        try:
            server = await asyncio.open_connection("127.0.0.1", self._database_port)
        except OSError:
            writer.transport.abort()
            return
        wire = _Wire(self, (reader, writer), server)
        self._wires.add(wire)
        try:
            await wire.run()
        finally:
            self._wires.discard(wire)


class _Wire:
    """One connection through the proxy."""

    def __init__(
        self,
        proxy: DatabaseProxy,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ):
        self._proxy = proxy
        self._client_reader, self._client_writer = client
        self._server_reader, self._server_writer = server
        self._statements = _Statements()
        #: Whether the open transaction has written anything: a COMMIT of nothing is no place for a fault.
        self._has_written = False
        self._commit_is_under_way = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        if not await self._begin():
            self.cut()
            return
        self._tasks |= {asyncio.create_task(self._upwards()), asyncio.create_task(self._downwards())}
        try:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._client_writer.close()
            self._server_writer.close()

    def cut(self) -> None:
        """Ends the connection on both sides: abruptly for the service, and in order for the server, so that it gets what was sent."""
        self._client_writer.transport.abort()
        self._server_writer.close()

    def freeze(self, seconds: float, then_cut: bool) -> None:
        """Forwards nothing for a while, in neither direction, and closes nothing."""
        self._flows.clear()

        def thaw() -> None:
            if then_cut:
                self.cut()
            self._flows.set()

        asyncio.get_running_loop().call_later(seconds, thaw)

    async def _begin(self) -> bool:
        """Forwards the first message of a connection, which has no byte for its kind."""
        try:
            while True:
                head = await self._client_reader.readexactly(8)
                size, code = struct.unpack("!II", head)
                rest = await self._client_reader.readexactly(size - 8)
                if code in (_SSL, _GSS):
                    self._client_writer.write(b"N")
                    continue
                self._server_writer.write(head + rest)
                await self._server_writer.drain()
                # A cancel request has no answer; the server closes the connection.
                return code != _CANCEL or bool(await self._server_reader.read(1))
        except (OSError, asyncio.IncompleteReadError):
            return False

    async def _upwards(self) -> None:
        """From the service to the server."""
        frames, out, struck = _Frames(), bytearray(), None
        with _connection_may_end():
            while data := await self._client_reader.read(_CHUNK):
                await self._flows.wait()
                for kind, frame in frames.feed(data):
                    if self._is_commit(kind, frame):
                        await self._send(self._server_writer, out)
                        struck = self._proxy.lair.take("asked", "forwarded")
                        if struck and struck.point == "asked" and not await self._suffer(struck):
                            return
                        self._commit_is_under_way = True
                    out += frame
                    # The server runs the statements when it gets the end of the pipeline.
                    if struck and struck.point == "forwarded" and kind in b"SQ":
                        await self._send(self._server_writer, out)
                        if not await self._suffer(struck):
                            return
                        struck = None
                await self._send(self._server_writer, out)

    async def _downwards(self) -> None:
        """From the server to the service."""
        frames, out = _Frames(), bytearray()
        with _connection_may_end():
            while data := await self._server_reader.read(_CHUNK):
                await self._flows.wait()
                told: Ambush[CommitPoint] | None = None
                for kind, frame in frames.feed(data):
                    if kind == ord("C") and self._commit_is_under_way and frame[5:] == b"COMMIT\0":
                        self._commit_is_under_way = False
                        self._proxy.commits += 1
                        struck = self._proxy.lair.take("answered", "told")
                        if struck and struck.point == "answered" and not await self._suffer(struck):
                            return
                        told = struck if struck and struck.point == "told" else None
                    out += frame
                await self._send(self._client_writer, out)
                if told and not await self._suffer(told):
                    return

    def _is_commit(self, kind: int, frame: bytes) -> bool:
        """Whether a message makes the server commit something that was written."""
        commits = writes = False
        match chr(kind):
            case "P":
                self._statements.prepared(frame)
            case "B":
                commits, writes = self._statements.bound(frame)
            case "Q":
                commits, writes = _Statements.is_commit(frame[5:-1]), _Statements.is_write(frame[5:-1])
        has_written, self._has_written = self._has_written, (self._has_written or writes) and not commits
        return commits and has_written

    async def _suffer(self, fault: Ambush[CommitPoint]) -> bool:
        """Lets a fault happen. Returns whether the connection goes on."""
        match fault.action:
            case "delay":
                await asyncio.sleep(fault.seconds)
                return True
            case "freeze":
                self.freeze(fault.seconds, fault.then_cut)
                await self._flows.wait()
                return not fault.then_cut
            case "kill" if fault.strike:
                fault.strike(self._proxy.service)
        self.cut()
        return False

    @staticmethod
    async def _send(writer: asyncio.StreamWriter, out: bytearray) -> None:
        if out:
            writer.write(bytes(out))
            out.clear()
            await writer.drain()


class _connection_may_end:
    """Ignores every way in which a connection can end, because ending connections is the proxy's purpose."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        return isinstance(error, (OSError, asyncio.IncompleteReadError))

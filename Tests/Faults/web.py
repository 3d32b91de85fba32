"""HTTP/1.1, as much of it as people, services and proxies on one machine need: one exchange for each connection."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

LARGEST_MESSAGE = 16 * 1024 * 1024


class NotSent(Exception):
    """Nobody listened, so the request was certainly not carried out."""


class NoAnswer(Exception):
    """The request was sent, and no complete answer came: its outcome is unknown."""


@dataclass
class Message:
    """A request or an answer, whole."""

    first_line: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def status(self) -> int:
        return int(self.first_line.split(" ", 2)[1])

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def encoded(self) -> bytes:
        """The message as it is sent when the connection ends with it."""
        dropped = {"connection", "content-length", "transfer-encoding", "keep-alive"}
        lines = [self.first_line] + [f"{key}: {value}" for key, value in self.headers if key.lower() not in dropped]
        lines += [f"Content-Length: {len(self.body)}", "Connection: close"]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


async def read_message(reader: asyncio.StreamReader) -> Message:
    """Reads one message; raises IncompleteReadError when the other side ends before it does."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first_line, *lines = head[:-4].split("\r\n")
    message = Message(first_line, [(line.partition(":")[0].strip(), line.partition(":")[2].strip()) for line in lines])
    length = message.header("Content-Length")
    if (message.header("Transfer-Encoding") or "").lower() == "chunked":
        message.body = await _read_chunks(reader)
    elif length is not None:
        message.body = await reader.readexactly(min(int(length), LARGEST_MESSAGE))
    elif first_line.startswith("HTTP/") and message.status not in (204, 304):
        message.body = await reader.read(LARGEST_MESSAGE)
    return message


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass
    return b"".join(parts)


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Opens a connection on this machine; raises NotSent when nobody listens."""
    try:
        return await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port, limit=LARGEST_MESSAGE), 10)
    except (TimeoutError, OSError) as error:
        raise NotSent(str(error) or type(error).__name__) from error


async def exchange(port: int, request: Message, timeout: float = 30, hang_up: bool = False) -> Message:
    """Sends a request and reads the answer.

    hang_up: the client disconnects right after sending and never reads the answer.
    """
    reader, writer = await connect(port)
    try:
        writer.write(request.encoded())
        await writer.drain()
        if hang_up:
            raise NoAnswer("the buyer hung up")
        return await asyncio.wait_for(read_message(reader), timeout)
    except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}") from error
    finally:
        writer.transport.abort() if hang_up else writer.close()


def request(
    method: str,
    path: str,
    *,
    token: str | None = None,
    body: Any = None,
    form: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Message:
    """A request as one of our people or services would send it."""
    message = Message(f"{method} {path} HTTP/1.1", [("Host", "127.0.0.1"), ("Accept", "*/*"), *(headers or {}).items()])
    if token:
        message.headers.append(("Authorization", f"Bearer {token}"))
    if body is not None:
        message.headers.append(("Content-Type", "application/json"))
        message.body = json.dumps(body, ensure_ascii=False).encode()
    elif form is not None:
        message.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        message.body = form
    return message

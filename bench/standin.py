"""A stand-in for Slack's `chat.postMessage` that answers at once and remembers nothing, in a process of its own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

END = b"\r\n\r\n"


async def serve() -> None:
    """Answer until told to stop; the address is printed first."""
    numbers = count()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(END)).lower()
        await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0]))
        body = b'{"ok":true,"channel":"C1","ts":"%d.000001"}' % next(numbers)
        length = str(len(body)).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + length)
        writer.write(b"\r\nConnection: close" + END + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/\n")
    sys.stdout.flush()
    await server.serve_forever()


@contextmanager
def standin() -> Iterator[str]:
    """The address of its Web API, until the end of the block."""
    with subprocess.Popen([sys.executable, "-m", "bench.standin"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(serve())

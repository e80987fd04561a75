"""Servers that say what a scenario tells them to, and remember how each connection ended."""

import asyncio
import threading


class Servers:
    """Each on a port of the loopback of its own; one thread serves all."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def serve(self, answer, holds=False, pause=0.0):
        """Answers whoever has sent a request. The port. `holds`: the connection stays open after the answer; `pause`:
        seconds in the middle of it."""
        return self._call(self._serve(answer, holds, pause))

    def close(self):
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    @staticmethod
    async def _end():
        talking = asyncio.all_tasks() - {asyncio.current_task()}
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)

    async def _serve(self, answer, holds, pause):
        async def talk(reader, writer):
            try:
                await reader.readuntil(b"\r\n\r\n")
                middle = len(answer) // 2 if pause else 0
                writer.write(answer[:middle])
                await writer.drain()
                await asyncio.sleep(pause)
                writer.write(answer[middle:])
                await writer.drain()
                if holds:
                    await reader.read()
                writer.close()
                await writer.wait_closed()
            except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
                writer.close()

        server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=64)
        return server.sockets[0].getsockname()[1]

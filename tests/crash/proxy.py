"""A small TCP proxy before a real server: it delays, cuts and refuses."""

import socket
import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit

from streams.kafka.local_broker.guarded import free_port

_BLOCK_BYTES = 1 << 16


class ProxyState:
    """Listens from the beginning to `close()`; `delay_s` and `away` may change at any time."""

    def __init__(self, endpoint: str) -> None:
        parts = urlsplit(endpoint)
        self.delay_s = 0.0
        self._away = False
        self._behind = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", free_port()), backlog=100)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def endpoint(self) -> str:
        """What clients are told instead of the server's."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def go_away(self) -> None:
        """Cut what is open, in the middle of whatever it does, and everything that comes."""
        self._away = True
        for each in list(self._open):
            _cut(each)

    def come_back(self) -> None:
        self._away = False

    def close(self) -> None:
        self.go_away()
        _cut(self._listener)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        if self._away:
            _cut(client)
            return
        try:
            server = socket.create_connection(self._behind, 10)
        except OSError:
            _cut(client)
            return
        self._open |= {client, server}
        threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()
        self._pass_on(server, client)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while block := source.recv(_BLOCK_BYTES):
                time.sleep(self.delay_s)
                target.sendall(block)
        for each in (source, target):
            self._open.discard(each)
            _cut(each)


def _cut(open_socket: socket.socket) -> None:
    """Close it so that whoever waits on it, here too, is told."""
    with suppress(OSError):
        open_socket.shutdown(socket.SHUT_RDWR)
    open_socket.close()

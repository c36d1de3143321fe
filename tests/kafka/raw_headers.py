"""Sends messages with header names that are not UTF-8: no client in Python does, so aiokafka's encoder is led astray.

Run as a program, with AIOKAFKA_NO_EXTENSIONS set: its compiled encoder takes plain texts only.
"""

import asyncio
import os
import subprocess
import sys

from aiokafka import AIOKafkaProducer

NAME = b"x-\xff\xfe"


class _RawName(str):
    __slots__ = ()

    def encode(self, *_: object) -> bytes:  # type: ignore[override]
        return NAME


def send_with_bad_name(servers: str, topic: str, value: bytes, partition: int = 0) -> None:
    """One message with the headers `a`, one of a bad name, and `c`; returns once the broker has it."""
    arguments = [sys.executable, __file__, servers, topic, str(partition), value.hex()]
    subprocess.run(arguments, check=True, env={**os.environ, "AIOKAFKA_NO_EXTENSIONS": "1"}, timeout=60)


async def _send(servers: str, topic: str, partition: int, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=servers) as producer:
        headers = [("a", b"1"), (_RawName("y"), b"2"), ("c", b"3")]
        await producer.send_and_wait(topic, value, key=b"bad-name", partition=partition, headers=headers)


if __name__ == "__main__":
    asyncio.run(_send(sys.argv[1], sys.argv[2], int(sys.argv[3]), bytes.fromhex(sys.argv[4])))

"""The side of :mod:`crowdnb.solver.apart` that answers, and the messages between the two.

A question is two messages: where (the modules' path, the folder), upon which :data:`HEARD` comes
back, and then the function with its arguments. The answer begins with whether the process waits for
another question.
"""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from contextlib import suppress
from typing import IO

HEARD, MORE, NO_MORE = b"!", b"+", b"-"
_SIZE = 8  # bytes that say how long a message is


def serve() -> None:
    """The other side: read a question, answer it, wait for the next."""
    out, questions = os.fdopen(os.dup(1), "wb", buffering=0), sys.stdin.buffer
    os.dup2(2, 1)  # engines print at times, C code too
    sys.stdout = sys.stderr
    more = MORE
    while more == MORE and (where := received(questions)):
        send(out, HEARD)
        sys.path[:], place = pickle.loads(where)
        os.ftruncate(2, 0)
        os.lseek(2, 0, os.SEEK_SET)
        with suppress(OSError):
            os.chdir(place)
        said, more = _answered(received(questions))
        send(out, more + said)
        os.chdir(os.path.abspath(os.sep))  # who waits keeps no folder busy


def _answered(question: bytes) -> tuple[bytes, bytes]:
    """What is said to a question, and whether this process can be asked more."""
    try:
        function, arguments = pickle.loads(question)
        return pickle.dumps((True, function(*arguments), "")), MORE
    except MemoryError as error:
        return _failure(error), NO_MORE
    except Exception as error:
        return _failure(error), MORE


def _failure(error: Exception) -> bytes:
    """An exception that can be handed on; a RuntimeError with its name where it cannot."""
    trace = "".join(traceback.format_exception(error))
    try:
        said = pickle.dumps((False, error, trace))
        pickle.loads(said)
    except Exception:
        said = pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}"), trace))
    return said


def write(pipe: IO[bytes] | None, message: bytes) -> None:
    """Write all of it to a pipe without a buffer, which takes it piece by piece."""
    rest = memoryview(message)
    while rest and pipe is not None:
        rest = rest[pipe.write(rest) :]


def send(pipe: IO[bytes] | None, message: bytes) -> None:
    """Write a message, its length before it."""
    write(pipe, len(message).to_bytes(_SIZE, "big"))
    write(pipe, message)


def received(pipe: IO[bytes] | None) -> bytes:
    """The next message; empty where the other side has ended."""
    if pipe is None or len(size := pipe.read(_SIZE)) < _SIZE:
        return b""
    message = pipe.read(int.from_bytes(size, "big"))
    return message if len(message) == int.from_bytes(size, "big") else b""

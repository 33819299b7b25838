"""How the command ends on Ctrl-C in its first moments.

A module of its own since it is there before anything else.
"""

from __future__ import annotations

import os
import signal

from crowdnb.cli.status import INTERRUPTED

STOPPED = "crowdnb: stopped from the keyboard."


def listen() -> None:
    """End at once on Ctrl-C, as long as there is nothing to be left in order.

    Python would print where it was.
    """
    signal.signal(signal.SIGINT, _stop)


def _stop(*_: object) -> None:
    os.write(2, f"{STOPPED}\n".encode())
    os._exit(INTERRUPTED)

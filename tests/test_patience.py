import signal
import subprocess
import sys
import threading

import pytest
from helpers.patience import Patience

LONG = [sys.executable, "-S", "-c", "import time; time.sleep(60)"]


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="no such signals on Windows")
@pytest.mark.parametrize("wait", [threading.Event().wait, lambda: subprocess.run(LONG)])
def test_what_hangs_fails_and_what_comes_after_goes_on(wait):
    before = signal.getsignal(signal.SIGUSR2)
    try:
        patience = Patience(0.1)
        with (
            pytest.raises(pytest.fail.Exception, match=r"hung: not done in 0\.1 s"),
            patience.watching(),
        ):
            wait()
        with patience.watching():
            assert patience.end is not None
        assert patience.end is None
    finally:
        signal.signal(signal.SIGUSR2, before)

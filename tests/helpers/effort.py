"""How many random instances a test tries."""

import os


def tries(usual: int, thorough: int) -> int:
    """The usual number, or the one of ``pytest --thorough``, which ``make thorough`` asks for.

    The usual one is the smallest at which changes put in on purpose (one operator or constant in
    each of thirty places) were all found that the larger one finds, and a reserve.
    """
    return thorough if os.environ.get("CROWDNB_THOROUGH") else usual

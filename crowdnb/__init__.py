"""Assign crowd workers to tasks from their rating histories, and check the answer.

Ratings become counts, counts become interval numbers (cloud model), intervals are compared with
what each task asks (possibility degree), criteria are weighed (fuzzy AHP), and the best
assignment under conflicts is found (E-CARGO group role assignment, a boolean program). The public
names are imported when they are first used, so ``import crowdnb`` is quick and pulls in neither
cvxpy nor matplotlib.
"""

from typing import Any

import lazy_loader

from crowdnb.extras import needed_for

__version__ = "0.1.0"

_public, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'crowdnb' has no attribute {name!r}")
    with needed_for(f"crowdnb.{name}"):
        return _public(name)

"""Widgets (notebooks 01 to 11): each is a pure view first, then controls that set it.

``whatif``  the chain of sections 3 and 4
``market``  the second source
``bench``   one's own files

May use everything but the command and the exercises.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

"""Pictures (all notebooks): each a function of results that returns Matplotlib axes, with a text for those who cannot see it.

May use everything below the panels but the pages.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

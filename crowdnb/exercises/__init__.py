"""Exercises of the notebooks: checks of answers, with messages that name the known slips.

May use everything but the command.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

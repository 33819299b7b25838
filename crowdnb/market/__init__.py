"""A second source, on shared employment (notebooks 09 to 11).

``matching``    policies, and what each worker gets
``inequality``  how unequal incomes are
``relaxation``  the linear relaxation, its prices and optimality conditions
``epoch``       the best of one round of offers
``parameters``  what a market is made of
``simulation``  a market that runs
``scenes``      hand-over, reviews, credentials
``privacy``     what may be published

May use ``project`` and what lies below it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

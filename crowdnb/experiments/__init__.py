"""Section 7 run again (notebook 08), and how many candidates a project needs.

``random_problems``  random problems
``baselines``       Algorithm 1, greedy, rating order
``runner``          instances in parallel, each result kept as it comes
``methods``         what is applied to an instance
``studies``         the experiments by name
``shipped``         their rows that come with the package
``readings``        other readings of table 8
``tables``          what they come to, beside what is published
``existence``       the chance that an assignment exists
``foresight``       whom the next ratings prove right
``middle_ground``   the gap against time where places are just within reach

May use ``project``, ``solver``, ``model``, ``ability`` and ``labels``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

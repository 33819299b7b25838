"""A crowd market in motion: the article's five steps closed into a loop, as a seeded simulation.

1. 任务拆分与描述 (split and describe tasks): a task arrives; its first stage opens, then the next.
2. 工作者筛选 (screen workers): who is there and has the skill, the place, hours enough today.
3. 匹配与分配 (match and assign): every epoch, by a policy, on the paper's Q.
4. 实时调度与调整 (schedule and adjust in real time): who has been chosen and has not begun may be
   moved, at a price; late jobs, drop-outs and urgent tasks come back into the next epoch.
5. 绩效评估与反馈 (evaluate, feed back): stars go into the counts, these into intervals, P and Q,
   which step 3 matches by; and into the estimates that step 2 screens by, where the market has a
   bar.

Put right: the article's bound x_ij ≤ X_j lets one worker be chosen for every task at once; here a
worker is at one place at a time and works at most so many hours a day. Its A_ij is given;
here it is Q, by eqs. 1 to 6 of the paper from the stars given so far. A conflict holds within one
task, the paper's "project", for as long as it runs.

The policies: ``optimal`` finds the greatest ρ of all who are free or chosen and all open places,
each epoch, and looks no further (the field calls that myopic); ``first come`` goes through the
subtasks in the order they opened and gives each the best worker left; ``random`` gives each anyone
who may. The last two leave alone who has been chosen.
``informed`` is ``optimal`` with the true abilities: what perfect ratings would be worth. A function
of a :class:`crowdnb.Problem` and a random generator, as :mod:`crowdnb.market.matching` has them, is
a policy too.

In the order of a run: ``chance`` draws tasks and workers, ``loop`` has the processes, ``state``
what they change, ``feedback`` step 5, ``records`` what is kept, ``auditing`` what is checked,
``running`` what a user calls, ``shipped`` the comparisons that come with the package.

References
----------
Article, sections 3.1, 3.2 and 4.1. K. G. Müller, T. Vignaux and others, SimPy: process-based
simulation.
"""

from __future__ import annotations

from crowdnb.market.epoch import Offer, best_epoch, in_turn
from crowdnb.market.simulation.auditing import audit
from crowdnb.market.simulation.feedback import intervals_of
from crowdnb.market.simulation.loop import POLICIES, Policy
from crowdnb.market.simulation.running import Comparison, compare, play, simulate
from crowdnb.market.simulation.shipped import STUDIES, stored

__all__ = [
    "POLICIES",
    "STUDIES",
    "Comparison",
    "Offer",
    "Policy",
    "audit",
    "best_epoch",
    "compare",
    "in_turn",
    "intervals_of",
    "play",
    "simulate",
    "stored",
]

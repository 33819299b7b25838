"""Why (step 7 of the method; notebook 06): why no assignment exists, what would help, what each thing costs.

``infeasible``     the fewest requirements that cannot hold together
``requirements``   the requirements one by one, and whether the rest can be met
``repairs``        the cheapest changes after which an assignment exists
``largest_teams``  the same where too few workers can work together
``variants``       the optimum with pairs forced, pairs barred, other numbers
``prices``         what a conflict, a pair, a place, a worker is worth
``why``            why this worker and not that one
``alternatives``   the k best assignments
``replan``         the best change to a running one

May use ``project``, ``solver``, ``model``, ``ability`` and ``labels``.
"""

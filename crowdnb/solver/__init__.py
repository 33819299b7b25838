"""The best assignment (section 5; notebook 04): bounds, the boolean program, engines, and what their answers prove.

``engine``         the program in cvxpy; what each status of an engine proves
``reduced_costs``  the linear relaxation: a bound on ρ, and which pairs can still matter
``program``        ``solve``: placement, bounds, engines, and the check of every answer; ``Program`` for repeated solves
``highs``          programs in arrays, for explanations, repairs and the worst case
``apart``          a function in a process of its own, which never outlives the one that asked
``batch``          many problems, one for each core

May use ``model`` and ``labels``.
"""

"""The best assignment (section 5; notebook 04): bounds, search, the boolean program, engines.

``boolean_program``   the program in cvxpy
``compiled_program``  the same in arrays, compiled once for a size
``engine``            how engines are asked, and what each of their statuses proves
``reduced_costs``     the linear relaxation: a bound on ρ, and which pairs can still matter
``growing_program``   a linear program that columns join
``dual_bound``        the same with options, from the rows of all rules
``local_search``      an assignment of many pairs: teams by tabu search, places by linear assignment
``branching``         branch and bound on who is chosen; ``warm_relaxation``, ``cuts``: its nodes
``deepening``         how long each of the two gets
``flow``              the best where only counts of workers and tasks bind, and its proof
``linear``            a linear program and the prices of its rows
``placement``         linear assignment: the best without conflicts between workers
``questions``         which engine is asked, here or apart, and how long
``search``            one solve: placement, bounds, engine, the check of every answer
``ties``              which of several optima is the first by label, and whether there are any
``exchanges``         assignments that differ by workers passing tasks on
``program``           ``solve``, ``Program`` (again with other numbers)
``frontier``          every budget at which ρ changes
``other_values``      the same rules with other values of the pairs
``batch``             many problems, one for each core
``highs``             programs in arrays, for explanations, repairs and the worst case
``greeting``          what HiGHS says of itself, kept from standard output
``clock``             what is left of a time limit
``apart``             a function in a process of its own, which never outlives the one that asked
``answering``         the other side of it

May use ``model``, ``labels`` and ``extras``.
"""

"""Why (step 7 of the method; notebook 06): why none exists, what would help, what each thing costs.

``infeasible``        requirements that cannot hold together, in words
``deletion_filter``   as few of them as the time allows
``feasibility``       whether an assignment meets the requirements that are left
``fillings``          by searches that fill places and join teams
``rules_program``     by a mixed-integer program, with every option
``clique_cover``      how many can work together at most, by groups in mutual conflict
``certificate``       what a person can check
``requirements``      one requirement in words
``repairs``           the cheapest changes after which an assignment exists
``possible_changes``  which changes may be made, and what each costs
``repair_program``    the rows of the rules, with columns for these changes
``largest_teams``     the same where too few workers can work together
``variants``          the optimum with pairs forced, pairs barred, other numbers
``prices``            what a conflict, a pair, a place, a worker is worth
``why``               why this worker and not that one
``alternatives``      the k best assignments
``replan``            the best change to a running one

May use ``project``, ``solver``, ``model``, ``ability`` and ``labels``.
"""

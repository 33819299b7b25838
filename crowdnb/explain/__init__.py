"""Why (step 7 of the method; notebook 06): why no assignment exists, what would help, what each thing costs.

``infeasible``     the fewest requirements that cannot hold together
``requirements``   the requirements one by one, and whether the rest can be met
``repairs``        the cheapest changes after which an assignment exists
``largest_teams``  the same where too few workers can work together
``worth``          prices, ``why``, alternatives, replanning

May use ``project``, ``solver``, ``model``, ``ability`` and ``labels``.
"""

"""Group role assignment as E-CARGO states it (section 4; notebook 04): the problem, its rules and its answer. No solver.

``problem``         Q, L, W and the conflicts, checked; the assignment; which rules an assignment breaks; obstacles
``conflict_graph``  who can work together: cliques, compatible teams
``reach``           how far assignments can reach, task by task

May use ``labels`` alone.
"""

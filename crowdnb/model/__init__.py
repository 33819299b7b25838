"""Group role assignment as E-CARGO states it (section 4; notebook 04). No solver.

``problem``         Q, L, W, the conflicts and the options, checked
``tables``          its numbers with their labels
``arrays``          the same as plain records
``fields``          how each of its fields is read
``pair_tables``     how tables of zeros and ones are read
``pair_numbers``    how numbers over pairs are read
``quotas``          how many places go to workers of one kind
``rules``           the requirements, each by itself
``rows``            every rule once: the row that each requirement is
``terms``           what ρ sums beside W Q: costs and effects
``matrices``        sparse 0/1 matrices, of which the rows are made
``assignment``      T and its group performance ρ
``check``           which rules a table breaks, by code that knows no solver
``obstacles``       reasons why no assignment can exist
``conflict_graph``  who can work together: cliques, compatible teams
``reach``           how far assignments can reach, task by task
``moves``           who moves between two assignments
``changes``         changes of a problem in a person's terms

May use ``labels`` alone.
"""

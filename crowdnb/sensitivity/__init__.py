"""What if (notebook 06): how far weights, γ and data can move before the assignment changes; and the other way round.

``stability``  criteria weights
``uncertain``  γ, doubtful ratings, the worst case
``inverse``    the conflicts or weights with which a given assignment is the best

May use ``explain`` and what lies below it.
"""

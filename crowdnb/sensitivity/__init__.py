"""What if (notebook 06): how far the data can move before the assignment changes, and back.

``stability``       criteria weights
``gamma``, ``gamma_course``, ``gamma_ends``
                    γ, the influence of He; intervals as functions of it
``doubt``           ratings or abilities drawn again
``robust``          the worst case, and the least regret
``inverse``         the conflicts or weights with which a given assignment is the best
``weighing``        assignments as points in the space of the criteria
``project_arrays``  a project as arrays
``given``           a given assignment as positions

May use ``explain`` and what lies below it.
"""

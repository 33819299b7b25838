"""From ratings to qualification (section 3; notebooks 01 to 03). Each step is a pure function of a table.

``ratings``        ratings → counts, which carry a whole history
``cloud``          counts → cloud model → ability intervals (eqs. 1-4)
``possibility``    ability against demand → possibility degree (eq. 5)
``weights``        judgement matrix → criteria weights by fuzzy AHP
``qualification``  possibility and weights → Q (eq. 6)

May use ``labels`` alone.
"""

"""From ratings to qualification (section 3; notebooks 01 to 03), one pure function per step.

``ratings``        ratings → counts, which carry a whole history
``cloud``          counts → cloud model → ability intervals (eqs. 1 and 2)
``possibility``    ability against demand → possibility degree (eq. 3)
``weights``        judgement matrix → criteria weights by fuzzy AHP (eqs. 4 and 5)
``consistency``    how far a judgement matrix contradicts itself
``threshold``      pairs whose ability begins below the demand
``qualification``  possibility and weights → Q (eq. 6)

May use ``labels`` alone.
"""

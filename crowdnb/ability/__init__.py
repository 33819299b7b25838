"""From ratings to qualification (section 3; notebooks 01 to 03), one pure function per step.

``scale``          which marks a rating can be, and the share that each stands for
``fading``         how much a rating counts by its date
``ratings``        ratings → counts, which carry a whole history
``counts``         what counts are, how they merge and fade
``histories``      counts as arrays, checked
``cloud``          counts → cloud model → ends of intervals (eqs. 1 and 2)
``posterior``      counts → ends of the interval that holds the next rating so often
``intervals``      either of the two → ability intervals, with or without gaps
``possibility``    ability against demand → possibility degree (eq. 3)
``tree``           criteria with parts, weights multiplied down (section 2, point 5)
``weights``        judgement matrix → criteria weights by fuzzy AHP (eqs. 4 and 5)
``consistency``    how far a judgement matrix contradicts itself
``threshold``      pairs whose ability begins below the demand
``qualification``  possibility and weights → Q (eq. 6)

May use ``labels`` alone.
"""

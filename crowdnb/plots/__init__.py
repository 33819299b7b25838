"""Pictures (all notebooks): functions of results, each with a text for those who cannot see it.

``picture``      the picture, its colours and fonts, how it is stored
``drawing``      what several pictures are drawn with: heat maps, lines, bars, legends
``arguments``    what they are given, checked
``overview``     how the data flow
``ability``      ratings, clouds, intervals, the possibility degree
``criteria``     weights of criteria, and of their parts
``assigned``     assignments, conflicts, moves
``reasons``      why none, repairs, prices
``sensitivity``  how far an assignment stays the best
``experiments``  section 7, and plans that later ratings judge
``search``       branch and bound
``charts``       lines and bars of any table

May use everything below the panels but the pages.
"""

from crowdnb.extras import needed_for

with needed_for("crowdnb.plots"):
    from crowdnb.plots.ability import cloud_drops as cloud_drops
    from crowdnb.plots.ability import coverage as coverage
    from crowdnb.plots.ability import interval_rows as interval_rows
    from crowdnb.plots.ability import intervals as intervals
    from crowdnb.plots.ability import possibility as possibility
    from crowdnb.plots.ability import radicands as radicands
    from crowdnb.plots.assigned import alternatives as alternatives
    from crowdnb.plots.assigned import assignment as assignment
    from crowdnb.plots.assigned import conflict_graph as conflict_graph
    from crowdnb.plots.assigned import grid as grid
    from crowdnb.plots.assigned import moves as moves
    from crowdnb.plots.charts import bands as bands
    from crowdnb.plots.charts import bars as bars
    from crowdnb.plots.charts import curves as curves
    from crowdnb.plots.charts import logarithmic as logarithmic
    from crowdnb.plots.criteria import criteria_tree as criteria_tree
    from crowdnb.plots.criteria import reachable_weights as reachable_weights
    from crowdnb.plots.criteria import weights as weights
    from crowdnb.plots.experiments import existence as existence
    from crowdnb.plots.experiments import foresight as foresight
    from crowdnb.plots.experiments import planner as planner
    from crowdnb.plots.experiments import spread as spread
    from crowdnb.plots.overview import chain as chain
    from crowdnb.plots.picture import Picture as Picture
    from crowdnb.plots.reasons import infeasible as infeasible
    from crowdnb.plots.reasons import prices as prices
    from crowdnb.plots.reasons import repairs as repairs
    from crowdnb.plots.search import tree as tree
    from crowdnb.plots.sensitivity import doubt as doubt
    from crowdnb.plots.sensitivity import gamma_range as gamma_range
    from crowdnb.plots.sensitivity import recovered as recovered
    from crowdnb.plots.sensitivity import region as region
    from crowdnb.plots.sensitivity import stability as stability

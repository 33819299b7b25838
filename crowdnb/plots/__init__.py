"""Pictures (all notebooks): functions of results, each with a text for those who cannot see it.

May use everything below the panels but the pages.
"""

from crowdnb.plots.figures import BLUE as BLUE
from crowdnb.plots.figures import CHINESE as CHINESE
from crowdnb.plots.figures import COLOURS as COLOURS
from crowdnb.plots.figures import DOTS as DOTS
from crowdnb.plots.figures import GREY as GREY
from crowdnb.plots.figures import SHADES as SHADES
from crowdnb.plots.figures import P as P
from crowdnb.plots.figures import Picture as Picture
from crowdnb.plots.figures import alternatives as alternatives
from crowdnb.plots.figures import assignment as assignment
from crowdnb.plots.figures import bands as bands
from crowdnb.plots.figures import bars as bars
from crowdnb.plots.figures import chain as chain
from crowdnb.plots.figures import cloud_drops as cloud_drops
from crowdnb.plots.figures import conflict_graph as conflict_graph
from crowdnb.plots.figures import coverage as coverage
from crowdnb.plots.figures import curves as curves
from crowdnb.plots.figures import doubt as doubt
from crowdnb.plots.figures import existence as existence
from crowdnb.plots.figures import gamma_range as gamma_range
from crowdnb.plots.figures import grid as grid
from crowdnb.plots.figures import infeasible as infeasible
from crowdnb.plots.figures import interval_rows as interval_rows
from crowdnb.plots.figures import intervals as intervals
from crowdnb.plots.figures import logarithmic as logarithmic
from crowdnb.plots.figures import moves as moves
from crowdnb.plots.figures import planner as planner
from crowdnb.plots.figures import possibility as possibility
from crowdnb.plots.figures import prices as prices
from crowdnb.plots.figures import radicands as radicands
from crowdnb.plots.figures import reachable_weights as reachable_weights
from crowdnb.plots.figures import recovered as recovered
from crowdnb.plots.figures import region as region
from crowdnb.plots.figures import repairs as repairs
from crowdnb.plots.figures import spread as spread
from crowdnb.plots.figures import stability as stability
from crowdnb.plots.figures import tree as tree
from crowdnb.plots.figures import weights as weights

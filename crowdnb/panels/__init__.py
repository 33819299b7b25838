"""Widgets (notebooks 01 to 11): each is a pure view first, then controls that set it.

``whatif``  the chain of sections 3 and 4
``market``  the second source
``bench``   one's own files

May use everything but the command and the exercises.
"""

from crowdnb.panels.market import content_panel as content_panel
from crowdnb.panels.market import content_view as content_view
from crowdnb.panels.market import market_panel as market_panel
from crowdnb.panels.market import market_view as market_view
from crowdnb.panels.market import medical_panel as medical_panel
from crowdnb.panels.market import medical_view as medical_view
from crowdnb.panels.market import panel_market as panel_market
from crowdnb.panels.market import policies_panel as policies_panel
from crowdnb.panels.market import policies_view as policies_view
from crowdnb.panels.market import service_panel as service_panel
from crowdnb.panels.market import service_view as service_view
from crowdnb.panels.whatif import Panel as Panel
from crowdnb.panels.whatif import View as View
from crowdnb.panels.whatif import WeightSliders as WeightSliders
from crowdnb.panels.whatif import assignment_panel as assignment_panel
from crowdnb.panels.whatif import assignment_view as assignment_view
from crowdnb.panels.whatif import cloud_panel as cloud_panel
from crowdnb.panels.whatif import cloud_view as cloud_view
from crowdnb.panels.whatif import direct_weights_view as direct_weights_view
from crowdnb.panels.whatif import panel_possibility as panel_possibility
from crowdnb.panels.whatif import panel_problem as panel_problem
from crowdnb.panels.whatif import panel_qualification as panel_qualification
from crowdnb.panels.whatif import possibility_panel as possibility_panel
from crowdnb.panels.whatif import possibility_view as possibility_view
from crowdnb.panels.whatif import shared_rest as shared_rest
from crowdnb.panels.whatif import weights_panel as weights_panel
from crowdnb.panels.whatif import weights_view as weights_view
from crowdnb.panels.whatif import why_panel as why_panel
from crowdnb.panels.whatif import why_view as why_view

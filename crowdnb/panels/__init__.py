"""Widgets (notebooks 01 to 11): each is a pure view first, then controls that set it.

``panel``, ``controls``, ``grids``   what all are made of: a view, sliders, tables of controls
``facts``, ``drawing``               what they show: numbers against the start, pictures (SVG)
``settings``                         from controls to a scenario, and back
``ability_settings``                 controls of how ratings become abilities
``ability``, ``weights``, ``assignment``, ``why``             notebooks 01 to 06
``history``                          a history as it is typed, of notebook 01
``policies``, ``market``, ``service``, ``content``, ``medical``  notebooks 09 to 11
``bench``, ``bench_folder``, ``bench_settings``, ``bench_files``, ``bench_words``, ``bench_repairs``
                                                                one's own files, notebook 07
``bench_import``, ``bench_import_words``  a table of ratings read into them

Scripts and styles that run in the browser lie beside them. May use everything but the command and
the exercises.
"""

from crowdnb.extras import needed_for

with needed_for("crowdnb.panels"):
    from crowdnb.panels.ability import cloud_panel as cloud_panel
    from crowdnb.panels.ability import cloud_view as cloud_view
    from crowdnb.panels.ability import possibility_panel as possibility_panel
    from crowdnb.panels.ability import possibility_view as possibility_view
    from crowdnb.panels.assignment import assignment_panel as assignment_panel
    from crowdnb.panels.assignment import assignment_view as assignment_view
    from crowdnb.panels.assignment import panel_possibility as panel_possibility
    from crowdnb.panels.assignment import panel_problem as panel_problem
    from crowdnb.panels.assignment import panel_qualification as panel_qualification
    from crowdnb.panels.content import content_panel as content_panel
    from crowdnb.panels.content import content_view as content_view
    from crowdnb.panels.controls import WeightSliders as WeightSliders
    from crowdnb.panels.controls import shared_rest as shared_rest
    from crowdnb.panels.market import market_panel as market_panel
    from crowdnb.panels.market import market_view as market_view
    from crowdnb.panels.market import panel_market as panel_market
    from crowdnb.panels.medical import medical_panel as medical_panel
    from crowdnb.panels.medical import medical_view as medical_view
    from crowdnb.panels.panel import Panel as Panel
    from crowdnb.panels.panel import View as View
    from crowdnb.panels.policies import policies_panel as policies_panel
    from crowdnb.panels.policies import policies_view as policies_view
    from crowdnb.panels.service import service_panel as service_panel
    from crowdnb.panels.service import service_view as service_view
    from crowdnb.panels.weights import direct_weights_view as direct_weights_view
    from crowdnb.panels.weights import weights_panel as weights_panel
    from crowdnb.panels.weights import weights_view as weights_view
    from crowdnb.panels.why import why_panel as why_panel
    from crowdnb.panels.why import why_view as why_view

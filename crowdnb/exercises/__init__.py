"""Exercises of the notebooks: functions that say whether an answer is right, or where it is not.

One module per notebook, named after it; ``answers`` is what they share, and ``verdict`` what a check
returns: right or not, points, and the first thing to mend. Right answers are computed by the
package, none is written down here.

May use everything but the command.
"""

from crowdnb.exercises.a_working_market import check_market_by_hand as check_market_by_hand
from crowdnb.exercises.a_working_market import check_market_policy as check_market_policy
from crowdnb.exercises.a_working_market import check_market_price as check_market_price
from crowdnb.exercises.case_study import check_case_least_missed as check_case_least_missed
from crowdnb.exercises.case_study import check_case_moves as check_case_moves
from crowdnb.exercises.case_study import check_case_second_best as check_case_second_best
from crowdnb.exercises.cloud_model import CLOUD_BY_HAND as CLOUD_BY_HAND
from crowdnb.exercises.cloud_model import LOUNGES as LOUNGES
from crowdnb.exercises.cloud_model import check_cloud_by_hand as check_cloud_by_hand
from crowdnb.exercises.cloud_model import check_cloud_one_more as check_cloud_one_more
from crowdnb.exercises.cloud_model import check_cloud_rule as check_cloud_rule
from crowdnb.exercises.ecargo_model import check_model_costliest_pair as check_model_costliest_pair
from crowdnb.exercises.ecargo_model import check_model_range as check_model_range
from crowdnb.exercises.ecargo_model import check_model_team as check_model_team
from crowdnb.exercises.experiments import (
    check_experiments_candidates as check_experiments_candidates,
)
from crowdnb.exercises.experiments import check_experiments_greedy as check_experiments_greedy
from crowdnb.exercises.experiments import check_experiments_teams as check_experiments_teams
from crowdnb.exercises.fuzzy_ahp import check_weights_by_hand as check_weights_by_hand
from crowdnb.exercises.fuzzy_ahp import check_weights_free_judgement as check_weights_free_judgement
from crowdnb.exercises.fuzzy_ahp import check_weights_one_change as check_weights_one_change
from crowdnb.exercises.matching import MATCH as MATCH
from crowdnb.exercises.matching import check_matching_by_hand as check_matching_by_hand
from crowdnb.exercises.matching import check_matching_fair as check_matching_fair
from crowdnb.exercises.matching import check_matching_fractional as check_matching_fractional
from crowdnb.exercises.overview import check_overview_by_hand as check_overview_by_hand
from crowdnb.exercises.overview import check_overview_lifted as check_overview_lifted
from crowdnb.exercises.overview import check_overview_project as check_overview_project
from crowdnb.exercises.possibility_degree import (
    check_possibility_by_hand as check_possibility_by_hand,
)
from crowdnb.exercises.possibility_degree import (
    check_possibility_demand as check_possibility_demand,
)
from crowdnb.exercises.possibility_degree import (
    check_possibility_ranking as check_possibility_ranking,
)
from crowdnb.exercises.three_scenes import check_scenes_publish as check_scenes_publish
from crowdnb.exercises.three_scenes import check_scenes_shares as check_scenes_shares
from crowdnb.exercises.three_scenes import check_scenes_threshold as check_scenes_threshold
from crowdnb.exercises.verdict import Verdict as Verdict
from crowdnb.exercises.what_binds import check_binds_keep as check_binds_keep
from crowdnb.exercises.what_binds import check_binds_row as check_binds_row
from crowdnb.exercises.what_binds import check_binds_two as check_binds_two
from crowdnb.exercises.why_and_what_if import check_why_hall as check_why_hall
from crowdnb.exercises.why_and_what_if import check_why_insist as check_why_insist
from crowdnb.exercises.why_and_what_if import check_why_smallest as check_why_smallest
from crowdnb.exercises.your_own_data import SLIPS as SLIPS
from crowdnb.exercises.your_own_data import check_own_data_break as check_own_data_break
from crowdnb.exercises.your_own_data import check_own_data_file as check_own_data_file
from crowdnb.exercises.your_own_data import check_own_data_slips as check_own_data_slips
from crowdnb.exercises.your_own_data import slips as slips

"""Every public function answers a wrong argument with a ValueError or TypeError of its own, which names it.

A line of CALLS is a valid call. In turn each of its arguments gets every wrong value. What fails is
told as a line that can be run: PYTHONPATH=tests python -c "from helpers.arguments import *; <line>"
"""

import ast
import inspect
import traceback
from functools import cache
from pathlib import Path

import pytest
from helpers.effort import tries

import crowdnb as cn
from crowdnb.labels import shown
from crowdnb.panels import drawing

PACKAGE = str(Path(cn.__file__).parent)

# What any argument gets, as it is written.
WRONG = [
    "None", "'1'", "'x'", "b'1'", "True", "False", "-1", "0", "1.5", "math.nan", "math.inf", "-math.inf", "10**400",
    "1j", "[]", "[[]]", "{}", "set()", "object()", "(one for one in ())", "np.array(0.5)", "np.zeros((2, 2, 2))",
    "[[0.1], [0.2, 0.3]]", "np.array([None, None])", "np.array(['a', 'b'])", "np.array(['2020-01-01'], 'M8[D]')",
    "np.array([1j, 2j])", "[['a']]", "np.ma.masked_array([0.5, 0.5], [False, True])", "pd.DataFrame()", "pd.NA",
    "pd.NaT", "Decimal('0.5')", "Fraction(1, 3)", "Decimal('nan')", "pd.Series([1.0], ['z'])", "[True, False]",
    "pd.DataFrame([[0.5]], ['z'], ['z'])", "{'z': 1.0}",
]  # fmt: skip
# What a table, a series, a mapping or an array gets beyond that: the valid one, spoilt.
CELLS = ["None", "'x'", "'1'", "math.nan", "math.inf", "True", "1j", "pd.NA", "10**400", "[1]"]


SPOILT = [f"cell {cell}" for cell in CELLS] + [
    f"array {one}" for one in ("masked", "text", "complex", "dates", "doubled")
]
SPOILT += [
    f"{side} {one}"
    for side in ("rows", "columns")
    for one in ("doubled", "missing", "unlike", "stacked")
]

CALLS = [
    # the chain
    "cn.count_ratings(frame=HISTORIES, stars=5)",
    (
        "cn.count_ratings(frame=DATED, stars=5, scales={'skill': (0, 5, 0.5)}, half_life=30.0,"
        " day='2024-03-11')"
    ),
    "cn.Scale(lowest=0, highest=4, step=0.5)",
    "cn.criteria_tree(criteria=PARTS, judgements={'skill': IN_PARTS}, rated=['web', 'java', 'wit'])",
    "COUNTS.decay(factor=0.5)",
    "COUNTS.__add__(other=COUNTS)",
    "cn.Cloud(expectation=0.6, entropy=0.1, hyper_entropy=0.05, radicand=0.0025)",
    "CLOUD.interval(gamma=0.1)",
    "CLOUD.drops(size=2, rng=np.random.default_rng(0))",
    "CLOUD.membership(x=[0.1, 0.2])",
    "cn.backward_cloud(values=[0.2, 0.4, 0.6])",
    "cn.ability_clouds(ratings_or_counts=HISTORIES, gamma=0.1, stars=5)",
    "cn.ability_clouds(ratings_or_counts=COUNTS, gamma=0.1, stars=5)",
    (
        "cn.ability_intervals(ratings_or_counts=HISTORIES, gamma=0.1, stars=5, missing='out',"
        " ability='posterior', level=0.9)"
    ),
    "cn.ability_intervals(ratings_or_counts=COUNTS, gamma=0.1, stars=5)",
    "cn.ability_intervals(ratings_or_counts=MARKED, gamma=0.1, stars=5)",
    (
        "cn.possibility_degree(ability_low=[0.5], ability_high=[0.6], demand_low=[0.4],"
        " demand_high=[1.0])"
    ),
    "cn.possibility_matrix(ability=ABILITY, demand=DEMAND)",
    "cn.below_threshold(ability=ABILITY, demand=DEMAND, criteria='any')",
    "cn.consistent_matrix(judgement=JUDGEMENT)",
    "cn.criteria_weights(judgement=JUDGEMENT, resolution=1.0)",
    "cn.judgement_consistency(judgement=JUDGEMENT)",
    "cn.weight_range(criteria=4, resolution=2.0)",
    "cn.qualification(ability=ABILITY, demand=DEMAND, weights=WEIGHTS)",
    # the problem and its answers
    (
        "cn.Problem(qualification=Q, required=NEED, task_weights=[1.0, 2.0], task_conflicts=[('a',"
        " 't1')], worker_conflicts=BETWEEN, conflict_scope='task', required_rule='exactly',"
        " required_most=[3, 3], worker_limits=[1, 1, 2], worker_least=[0, 0, 0], pinned=[('b',"
        " 't1')], task_overlaps=[('t1', 't2')], costs=Q, budget=9.0, loads=Q, capacities=9.0,"
        " missing_cost=[0.5, 0.5], keep_costs=Q, conflict_costs={('a', 't1'): 0.5},"
        " pair_effects={('a', 'b'): 0.5},"
        " attributes=GRADES, quotas=[{'task': 't1', 'column': 'grade', 'value': 'x',"
        " 'least': 0}])"
    ),
    (
        "cn.Problem(qualification=Q.to_numpy(), required=[1, 1], task_weights={0: 1.0, 1: 2.0},"
        " task_conflicts=Q.to_numpy() > 1, worker_conflicts=BETWEEN.to_numpy(),"
        " conflict_scope='task', required_rule='exactly', required_most=3, worker_limits=1,"
        " worker_least={0: 0},"
        " pinned=pd.DataFrame({'worker': [0], 'task': [1]}), task_overlaps=np.eye(2)[::-1],"
        " costs=Q.to_numpy(), budget=9.0, loads=[1, 2],"
        " capacities={0: 3, 1: 3, 2: 3}, missing_cost={0: 0.5},"
        " keep_costs=pd.DataFrame({'worker': [0], 'task': [1], 'cost': [0.5]}),"
        " conflict_costs=Q.to_numpy(), pair_effects=np.zeros((3, 3)),"
        " attributes=GRADES.reset_index(drop=True),"
        " quotas=pd.DataFrame({'column': ['grade'], 'value': ['x'], 'least': [0]}))"
    ),
    (
        "P.changed(qualification=Q, required=NEED, task_weights=[1.0, 2.0], task_conflicts=[('a',"
        " 't1')])"
    ),
    "cn.check(problem=P, table=T)",
    "cn.obstacles(problem=P)",
    "cn.performance(problem=P, table=T)",
    "cn.solve(problem=P, solver='HIGHS', time_limit=5.0, tie_break='labels')",
    "cn.Program(problem=P, solver='HIGHS')",
    "PROGRAM.best(problem=P, time_limit=5.0, tie_break='labels')",
    (
        "PROGRAM.resolve(qualification=Q, required=NEED, task_weights=[1.0, 2.0],"
        " task_conflicts=[('a', 't1')], worker_conflicts=[('a', 'b')], time_limit=5.0,"
        " tie_break='labels')"
    ),
    (
        "cn.frontier(problem=P.changed(costs=Q, budget=9.0), budgets=[2.0, 9.0], solver='HIGHS',"
        " time_limit=5.0)"
    ),
    (
        "cn.random_problem(workers=6, tasks=2, conflict_probability=0.1, rng=0,"
        " qualification='uniform', conflict_scope='task', structure='teams')"
    ),
    (
        "cn.solve_many(problems=[P], solver='HIGHS', time_limit=5.0, tie_break='labels',"
        " progress=False)"
    ),
    "cn.explain_infeasible(problem=NOBODY, time_limit=5.0)",
    "cn.why(problem=P, worker='a', task='t1', solver='HIGHS', time_limit=5.0)",
    "cn.prices(problem=P, solver='HIGHS', time_limit=5.0)",
    "cn.alternatives(problem=P, limit=2, tolerance=0.1, solver='HIGHS', time_limit=5.0)",
    "cn.replan(problem=P, table=T, price=0.1, solver='HIGHS', time_limit=5.0)",
    (
        "cn.repairs(problem=NOBODY, limit=2, costs={('place', 't1'): 2.0}, untouchable=[('place',"
        " 't2')], time_limit=2.0)"
    ),
    (
        "cn.stability(problem=OF_PROJECT, possibility=POSSIBILITY, weights=WEIGHTS, table=CHOSEN,"
        " samples=2, rng=0, solver='HIGHS', time_limit=5.0)"
    ),
    "STABILITY.holds(weights=WEIGHTS)",
    (
        "cn.gamma_range(project=PROJECT, problem=OF_PROJECT, table=CHOSEN, limit=1.0,"
        " tolerance=1e-3, he_to_en=0.5, solver='HIGHS', time_limit=5.0)"
    ),
    (
        "cn.doubt(project=PROJECT, problem=OF_PROJECT, table=CHOSEN, samples=2, rng=0,"
        " source='intervals', solver='HIGHS', progress=False, time_limit=5.0)"
    ),
    (
        "cn.robust(project=PROJECT, problem=OF_PROJECT, criterion='worst case', time_limit=5.0,"
        " solver='HIGHS')"
    ),
    "cn.recover_conflicts(problem=P, table=T, limit=2, tolerance=0.1, largest=2,"
    " solver='HIGHS', time_limit=5.0)",
    (
        "cn.recover_weights(problem=OF_PROJECT, possibility=POSSIBILITY, table=CHOSEN,"
        " weights=WEIGHTS, tolerance=0.1, solver='HIGHS', time_limit=5.0)"
    ),
    # projects
    (
        "cn.Project(ability=ABILITY, demand=DEMAND, criteria_weights=WEIGHTS, required=NEED,"
        " task_weights=NEED / 2, task_conflicts=Q * 0, worker_conflicts=BETWEEN, counts=None,"
        " judgement=None, gamma=0.1, notes=('so',), min_ratings=0)"
    ),
    (
        "cn.Project(ability=ABILITY, demand=DEMAND, criteria_weights=WEIGHTS, required=NEED,"
        " task_weights=None, task_conflicts=Q * 0, worker_conflicts=BETWEEN, counts=RATED,"
        " ratings=RATINGS, missing='unknown', half_life=30.0, day='2024-03-20',"
        " ability_rule='posterior', level=0.8, tree=None, part_judgements={})"
    ),
    (
        "cn.Project(ability=None, demand=None, criteria_weights=None, required=NEED,"
        " task_weights=None, task_conflicts=Q * 0, worker_conflicts=BETWEEN,"
        " given_qualification=Q, options={'pinned': [('b', 't1')]})"
    ),
    "PROJECT.problem(worker_conflicts=[('a', 'b')], conflict_scope='task')",
    "PROJECT.solve(solver='HIGHS', time_limit=5.0, conflict_scope='task')",
    "PROJECT.write(folder=FOLDER / 'written')",
    "PROJECT.enough_ratings(min_ratings=0, how=PROJECT.reading)",
    "PROJECT.ability_under(how=PROJECT.reading)",
    "cn.read_project(folder=COSTLY, budget=9.0)",
    (
        "cn.import_ratings(file=WIDE, folder=FOLDER / 'wide', worker='name', criteria=['Care'],"
        " criterion=None, rating=None, date='day', date_order='dmy', scale=(1, 5), scale_of={},"
        " words={'never': 1}, sheet=None, rounded=False, add=False, replace=True)"
    ),
    "cn.read_project(folder=cn.exercises.LOUNGES, gamma=0.1, stars=5, min_ratings=2)",
    (
        "cn.read_project(folder=TIMELY, missing='out', half_life=90.0, day='2024-03-05',"
        " ability='posterior', level=0.8)"
    ),
    (
        "cn.Scenario(name='one', gamma=0.2, scope='task', min_ratings=1, "
        "weights={'skill': 0.5, 'care': 0.5}, required={'t1': 1}, task_weights={'t1': 2.0}, "
        "demand={('t1', 'skill'): (0.1, 1.0)}, "
        "conflicts={('a', 'b'): 1}, exclusions={('a', 't1'): 1}, limits={'a': 1}, added={'t1': 1},"
        " least={'a': 0}, most={'t1': 2}, pinned={('a', 't1'): 1}, overlaps={('t1', 't2'): 1},"
        " capacities={'a': 2.0}, budget=3.0, missing_costs={'t1': 0.5},"
        " quotas={('t1', 'grade', 'new', 'most'): 1}, keep_costs={('a', 't1'): 0.5},"
        " conflict_costs={('a', 't1'): 0.5}, pair_effects={('a', 'b'): 0.5}, missing='out',"
        " half_life=30.0, ability='posterior', level=0.8)"
    ),
    "cn.Scenario.from_json(data=cn.Scenario('one').as_json(), where='here')",
    "cn.Scenario().intervals(project=PROJECT)",
    "cn.Scenario().problem(project=PROJECT, scope='task', q=Q)",
    "cn.Scenario().qualification(project=PROJECT)",
    "cn.Scenario().words(project=PROJECT)",
    "cn.Scenario().workers(project=PROJECT)",
    "cn.Scenario().gamma_of(project=PROJECT)",
    "cn.Scenario().reading_of(project=PROJECT)",
    "cn.Scenario().min_ratings_of(project=PROJECT)",
    "cn.Scenario().repaired(changes=((('place', 't1'), 1),), problem=P)",
    (
        "cn.Scenarios(project=PROJECT, named=(), current=cn.Scenario(), scope='task',"
        " solver='HIGHS', time_limit=5.0)"
    ),
    "SCENARIOS.__getitem__(name='one')",
    "SCENARIOS.answer(scenario='one')",
    "SCENARIOS.as_given(scenario='one')",
    "SCENARIOS.difference(scenario='one')",
    "SCENARIOS.fitted(scenario='one')",
    "SCENARIOS.left_out(scenario='one')",
    "SCENARIOS.same_measure(scenario='one')",
    "SCENARIOS.problem(scenario='one')",
    "SCENARIOS.at(current=cn.Scenario())",
    "SCENARIOS.within(time_limit=2.0)",
    "SCENARIOS.drop(name='one')",
    "SCENARIOS.keep(scenario='two', gamma=0.2)",
    "SCENARIOS.save(path=FOLDER / 'scenarios.json')",
    "cn.Scenarios.load(project=PROJECT, path=SAVED)",
    (
        "cn.report(source=PROJECT, scenario='as given', title='t', gamma=0.1, stars=5,"
        " min_ratings=0, conflict_scope='task', solver='HIGHS', time_limit=5.0)"
    ),
    "cn.report(source=COSTLY, budget=9.0)",
    (
        "cn.report(source=TIMELY, missing='out', half_life=90.0, day='2024-03-05',"
        " ability='posterior', level=0.8)"
    ),
    "cn.report(PROJECT).write(path=FOLDER / 'page.html')",
    "cn.bench(folder=None, gamma=0.1, stars=5, min_ratings=0, conflict_scope='task')",
    (
        "cn.bench(folder=None, missing='out', half_life=90.0, day='2016-01-01',"
        " ability='posterior', level=0.8)"
    ),
    "cn.ProjectError(problems=[('a.csv', 'so')])",
    # a market
    (
        "cn.Market(days=0.2, arrivals=0.5, workers=5, epoch=0.5, stages=3, people=2, load=(0.5,"
        " 3.0), slack=(3.0, 8.0), urgent=0.1, skills=4, skilled=0.5, places=3, remote=0.5,"
        " stay=20.0, shift=8.0, limit=6.0, notice=0.5, late=0.15, drop=0.05, price=0.05,"
        " conflicts=0.0, decay=0.95, gamma=0.1, prior='crowd', bar=0.5, history=0, ability=0.65,"
        " spread=0.15, noise=0.12, drift=0.0, demand=(0.4, 0.8), pay=1.0, weights=(0.5, 0.5))"
    ),
    "cn.simulate(market=MARKET, policy=first_job, seed=0, progress=False)",
    "cn.simulation.play(chance=Chance(MARKET, 0), policy='first come', progress=False)",
    "cn.simulation.audit(run=cn.simulate(MARKET))",
    "cn.simulation.compare(cases={'one': (MARKET, 'first come')}, seeds=[0], progress=False)",
    "cn.simulation.stored(name='priors', cases=cn.simulation.STUDIES['priors'])",
    "cn.simulation.in_turn(offer=OFFER, pick=np.argmax)",
    (
        "cn.simulation.intervals_of(counts=np.ones((2, 2, 5)), market=MARKET, crowd=np.ones((2, 5))"
        " / 5)"
    ),
    # matching
    "cn.matching.at_random(problem=P, rng=0)",
    "cn.matching.first_come(problem=P, rng=0)",
    "cn.matching.greedy(problem=P, rng=0)",
    "cn.matching.optimal(problem=P, rng=0)",
    "cn.matching.auction(problem=P, rng=0, epsilon=0.1)",
    "cn.matching.collaborative_filtering(problem=P, rng=0, seen=Q > 0.5, neighbours=2)",
    "cn.matching.deferred_acceptance(problem=P, rng=0, wishes=Q)",
    "cn.matching.fairest(problem=P, solver='HIGHS')",
    "cn.matching.hold_auction(problem=P, epsilon=0.1)",
    "cn.matching.guess(seen=Q.where(Q > 0.1), neighbours=2)",
    "cn.matching.blocking_pairs(problem=P, table=T, wishes=Q)",
    "cn.matching.with_room(problem=P)",
    (
        "cn.matching.market(workers=3, tasks=2, rng=0, skills=2, noise=0.1, screened_out=0.1,"
        " conflict_probability=0.1)"
    ),
    "cn.matching.gini(values=[0.2, 0.4])",
    "cn.matching.lorenz(income=[0.2, 0.4])",
    "inequality.not_negative(values=NEED, name='income')",
    "cn.matching.outcome(problem=P, table=T)",
    "cn.matching.compare(problem=P, policies={'greedy': cn.matching.greedy}, rng=0)",
    "cn.matching.trial(problem=P, name='greedy', policy=cn.matching.greedy, rng=0)",
    # its relaxation
    "cn.relaxation.linear(problem=TIED, rows='cliques')",
    "cn.relaxation.relax(problem=TIED, rows='cliques')",
    "cn.relaxation.kkt(model=MODEL, share=RELAXED.share, price=RELAXED.price)",
    "cn.relaxation.determinants(matrix=[[1, 0], [1, 1]])",
    "cn.relaxation.descend(problem=TIED, steps=2, rows='cliques')",
    "cn.relaxation.subgradient(problem=TIED, steps=2, rows='cliques')",
    "cn.relaxation.branch_and_bound(problem=TIED, rows='cliques', most=20)",
    # scenes
    "cn.scenes.read_scene(folder='medical')",
    "MEDICAL.problem(worker_limits=2)",
    "cn.scenes.table_of(scene=MEDICAL, name='visits')",
    "cn.scenes.hand_over(inquiries=DAY, threshold=0.5, staff=1)",
    "cn.scenes.hand_over(DAY, 0.5, 1).queue(minutes=np.array([1.0, 2.0]))",
    "cn.scenes.hand_over(DAY, 0.5, 1).cost(person=3.0, bot=0.1, wrong=4.0)",
    "cn.scenes.fitting_threshold(inquiries=DAY, staff=1)",
    "cn.scenes.cheapest_threshold(person=3.0, bot=0.1, wrong=4.0)",
    "cn.scenes.expected_cost(confidence=[0.1, 0.9], threshold=0.5, person=3.0, bot=0.1, wrong=4.0)",
    "cn.scenes.distances(credits=MADE, friends=BETWEEN)",
    "cn.scenes.too_close(credits=MADE, distance=BETWEEN * 1.0, reach=1)",
    "cn.scenes.reviews(scene=CONTENT, reach=1)",
    "cn.scenes.proportional(revenue=70.0, credits={'writer': 30.0, 'painter': 5.0})",
    "cn.scenes.shapley(values=EARNS)",
    "cn.scenes.objections(values=EARNS, shares=pd.Series({'w': 1.0, 'p': 2.0}))",
    "cn.scenes.teams(names=['a + b'], values=[700.0])",
    "cn.scenes.revenue_shares(credits=MADE, revenue=EARNED, rule='hours')",
    "cn.scenes.incomes(shares=SHARES, answer=ANSWER, fee=40.0)",
    "cn.scenes.consultations(scene=MEDICAL, gate=0.2, limit=2)",
    "cn.scenes.without_credential(credentials=HELD, cases=CASES, workers=pd.Index(WORKERS))",
    "cn.scenes.softened(qualification=Q, lacking=Q * 0, weight=0.2)",
    # privacy
    "cn.privacy.pseudonyms(identifiers=['P1'], key=b'only for this example')",
    "cn.privacy.share_at_risk(frame=VISITS, columns=['district'], k=2, identity='field')",
    "cn.privacy.safe_table(frame=VISITS, rows='district', columns='field', k=5)",
    "cn.privacy.hidden_bounds(table=HIDDEN)",
    # section 7
    "cn.baselines.greedy_by_task(problem=P, node_cap=10)",
    "cn.baselines.greedy_by_pair(problem=P, node_cap=10)",
    "cn.baselines.greedy_by_options(problem=P, node_cap=10)",
    "cn.baselines.exhaustive(problem=P, node_cap=10)",
    "cn.baselines.algorithm_1(problem=P)",
    "cn.baselines.by_cplex(problem=P)",
    "cn.existence.expected_teams(workers=4, places=2, conflict_probability=0.1)",
    "cn.existence.chance_bounds(workers=4, places=2, conflict_probability=0.1)",
    "cn.existence.candidates_needed(places=2, conflict_probability=0.1, chance=0.9, most=50)",
    "cn.existence.places_filled(workers=4, conflict_probability=0.1, chance=0.9)",
    "cn.existence.binomial_band(hits=[1], repeats=[5], level=0.9)",
    *(
        f"cn.experiments.{name}(repeats=1, seed=0, output=None, progress=False, sizes=[10],"
        f" methods=['{method}'])"
        for name, method in (
            ("figure1", "arrays"),
            ("structured", "existence"),
            ("planner", "largest team"),
        )
    ),
    *(
        f"cn.experiments.{name}(repeats=1, seed=0, output=None, progress=False, sizes=[10],"
        f" methods=['{method}'], structure='teams'{quality})"
        for name, method, quality in (
            ("table6", "existence", ", qualification='uniform'"),
            ("table8", "existence", ", qualification='uniform'"),
            ("table9", "greedy_by_task", ""),
        )
    ),
    (
        "cn.experiments.table7(repeats=1, seed=0, output=None, progress=False,"
        " methods=['existence'], qualification='uniform')"
    ),
    "cn.experiments.hard_seeds(tries=1, node_cap=10, progress=False, qualification='uniform')",
    "cn.experiments.stored(name='table7')",
    "cn.experiments.summary(name='table9', rows=TABLE9)",
    "cn.experiments.variants(repeats=1, seed=0, sizes=[10])",
    "cn.experiments.instances(cells=[(10, 3, 0.1)], repeats=1, seed=0)",
    "cn.experiments.apply(instance=INSTANCE, method='greedy_by_task', node_cap=10)",
    "cn.experiments.shares(rows=TABLE9, level=0.9)",
    "cn.experiments.theory(sizes=[10], chances=[0.1])",
    "cn.experiments.times(rows=TABLE9, by=['method', 'm'])",
    "cn.experiments.accuracy(rows=TABLE9, by=['m'])",
    "cn.experiments.growth(rows=GROWING)",
    "cn.experiments.quorum(rows=TABLE9, chance=0.9)",
]
PLOTS = [
    "cn.plots.alternatives(found=cn.alternatives(P, 2))",
    "cn.plots.assignment(problem=P, answer=ANSWER)",
    "cn.plots.bands(table=SEEN, y={'day': 'so (hours)'}, x='day', level=0.9)",
    "cn.plots.bars(table=LINES, x='so', y='so')",
    (
        "cn.plots.cloud_drops(cloud=CLOUD, x=np.array([0.1, 0.2]), certainty=np.array([0.1, 0.2]),"
        " gamma=0.1)"
    ),
    "cn.plots.conflict_graph(problem=TIED, answer=ANSWER)",
    "cn.plots.coverage(share=LINES / 9, width=LINES, level=0.9)",
    "cn.plots.curves(table=LINES, x='so', y='so', steps=True, marks={'here': 1.0})",
    "cn.plots.doubt(found=DOUBT)",
    "cn.plots.existence(shares=SHARE, printed=PRINTED, bounds=BOUNDS)",
    "cn.plots.gamma_range(found=RANGE)",
    "cn.plots.grid(table=Q, what='share', taken=T)",
    "cn.plots.infeasible(problem=NOBODY, why=cn.explain_infeasible(NOBODY))",
    "cn.plots.interval_rows(ends=SPANS, counts=DOTS, title='so')",
    "cn.plots.intervals(ability=ABILITY, demand=DEMAND)",
    "cn.plots.logarithmic(table=LINES, x='so', y='so', marks={'here': (1.0, 2.0)})",
    "cn.plots.foresight(rows=LATER, middle=0.8)",
    "cn.plots.moves(frame=SHOWN, tasks=['t1', 't2'], title='so')",
    (
        "cn.plots.planner(bands={0.1: BAND}, computed=pd.DataFrame([[3.0, 4.0]], [0.1], [10, 20]),"
        " chance=0.9)"
    ),
    "cn.plots.possibility(ability=(0.5, 0.6), demand=(0.4, 1.0))",
    "cn.plots.prices(table=cn.prices(P), most=2)",
    "cn.plots.radicands(samples={6: np.array([0.1, -0.2])})",
    "cn.plots.criteria_tree(tree=cn.criteria_tree(PARTS, {'skill': IN_PARTS}))",
    "cn.plots.reachable_weights(reachable={'so': np.array([0.2, 0.3])}, wanted=WEIGHTS)",
    "cn.plots.recovered(problem=P, found=cn.recover_conflicts(P, T), answer=T)",
    "cn.plots.region(found=STABILITY, across='skill', up='care')",
    "cn.plots.repairs(found=cn.repairs(NOBODY))",
    (
        "cn.plots.spread(rows=TABLE9, cap=10, printed=LINES.set_axis(['greedy_by_task', 't1'],"
        " axis=1))"
    ),
    "cn.plots.stability(found=STABILITY)",
    "cn.plots.tree(nodes=TREE.nodes, performance=TREE.performance)",
    "cn.plots.weights(table=LINES / 9, reach=(0.1, 0.3))",
]
PANELS = [
    "cn.panels.cloud_view(stars=[0, 0, 1, 3, 5], gamma=0.1, start=None, drops=10)",
    "cn.panels.cloud_panel(stars=[0, 0, 1, 3, 5], gamma=0.1)",
    (
        "cn.panels.cloud_view(stars=[0, 2.5, 3], gamma=0.1, start=None, drops=0, scale=(0, 2),"
        " ability='posterior', level=0.9)"
    ),
    "cn.panels.cloud_panel(stars=[0, 1, 3], gamma=0.1, scale=(0, 2), ability='posterior', level=0.9)",
    "cn.panels.possibility_view(ability=(0.5, 0.6), demand=(0.4, 1.0), start=None)",
    "cn.panels.possibility_panel(ability=(0.5, 0.6), demand=(0.4, 1.0))",
    "cn.panels.weights_view(judgement=JUDGEMENT, start=None)",
    "cn.panels.direct_weights_view(weights=WEIGHTS, start=None)",
    "cn.panels.weights_panel(criteria=CRITERIA)",
    (
        "cn.panels.assignment_view(answer=ANSWER, start=None, listed=True, by_given=0.5,"
        " project=PROJECT)"
    ),
    "cn.panels.assignment_panel(project=PROJECT, conflict_scope='task')",
    "cn.panels.why_view(oracle=Oracle(P), worker='a', task='t1')",
    "cn.panels.why_panel(problem=P, worker='a', task='t1')",
    "cn.panels.WeightSliders(weights=WEIGHTS)",
    "cn.panels.shared_rest(weights=[0.5, 0.5], at=0, value=0.2)",
    "cn.panels.content_panel(scene=CONTENT, reach='anybody', rule='hours')",
    "cn.panels.content_view(answer=REVIEWED, shares=PAID, close=CLOSE, start=None)",
    (
        "cn.panels.medical_view(answer=SEEN_BY, qualification=SEEN_BY.problem.qualification,"
        " lacking=LACKING, published=cn.privacy.safe_table(VISITS, 'district', 'field', 5),"
        " visits=27, start=None)"
    ),
    "cn.panels.market_panel(market=MARKET, seed=0)",
    "cn.panels.market_view(market=MARKET, start=None, seed=0)",
    "cn.panels.medical_panel(scene=MEDICAL, gate='ignored', limit=2, k=5)",
    "cn.panels.panel_market(settings={'workers': 5}, market=MARKET)",
    "cn.panels.policies_view(settings=SETTINGS, start=None)",
    "cn.panels.service_panel(scene=SERVICE, threshold=0.5, staff=5)",
    (
        "cn.panels.service_view(day=cn.scenes.hand_over(DAY, 0.5, 1), fitting=0.5, person=3.0,"
        " start=None)"
    ),
]
EXERCISES = [
    "cn.exercises.check_overview_by_hand(answer=0.2, worker='a2', task='r0')",
    "cn.exercises.check_overview_lifted(gain=0.128, moved=['a3'])",
    "cn.exercises.check_overview_project(project=PROJECT)",
    "cn.exercises.check_cloud_by_hand(ex=0.8, en=0.1, he=0.1, low=0.1, high=0.9)",
    "cn.exercises.check_cloud_one_more(star=5)",
    "cn.exercises.check_cloud_rule(rule=lambda counts: (0.2, 1.0))",
    "cn.exercises.check_possibility_by_hand(answer=0.2)",
    "cn.exercises.check_possibility_demand(answer=0.2, wanted=0.25)",
    "cn.exercises.check_possibility_ranking(answer=['a0'], criterion='quality')",
    "cn.exercises.check_weights_by_hand(answer=[0.5, 0.5], judgement=JUDGEMENT)",
    (
        "cn.exercises.check_weights_one_change(answer=JUDGEMENT, before=JUDGEMENT, pair=('skill',"
        " 'care'))"
    ),
    "cn.exercises.check_weights_free_judgement(answer=JUDGEMENT, wanted=WEIGHTS)",
    "cn.exercises.check_model_team(problem=P, team={'a': 't1'})",
    "cn.exercises.check_model_costliest_pair(problem=P, pair=('a', 'b'))",
    "cn.exercises.check_model_range(problem=P, extra=1, rho=1.5)",
    "cn.exercises.check_case_moves(moves={'a3': 'r0'})",
    "cn.exercises.check_case_least_missed(worker='a8')",
    "cn.exercises.check_case_second_best(rho=2.5)",
    "cn.exercises.check_why_hall(tasks=['t1'], problem=NOBODY)",
    "cn.exercises.check_why_insist(task='r0', cost=0.1, worker='a8')",
    "cn.exercises.check_why_smallest(search=lambda names, exists: names)",
    "cn.exercises.check_experiments_teams(answer=20, m=6, n=3, p=0.5)",
    "cn.exercises.check_experiments_candidates(answer=6, places=5, p=0.2, chance=0.9)",
    "cn.exercises.check_experiments_greedy(method=lambda problem: problem)",
    "cn.exercises.check_market_by_hand(answer=4.8, arrival=2.3, epoch=1.0, notice=0.5, load=2.0)",
    "cn.exercises.check_market_policy(policy=None)",
    "cn.exercises.check_market_price(answer=0.1, ability=(0.6, 0.8), demands=(0.4, 0.6))",
    (
        "cn.exercises.check_matching_by_hand(answer=2.8, capacity={'w1': 1, 'w2': 1, 'w3': 1,"
        " 'w4': 1})"
    ),
    "cn.exercises.check_matching_fair(policy=cn.matching.optimal)",
    "cn.exercises.check_matching_fractional(conflicts=[('w1', 'w2')])",
    "cn.exercises.check_own_data_break(scenario=cn.Scenario('more', required={'r0': 6}))",
    "cn.exercises.check_own_data_file(path=None)",
    "cn.exercises.check_own_data_slips(folder=BROKEN, answer={'tasks.csv': 2})",
    "cn.exercises.slips(folder=FOLDER / 'slips')",
    "cn.exercises.check_scenes_publish(publish=lambda groups, k: {})",
    (
        "cn.exercises.check_scenes_shares(answer={'writer': 100}, earned={'writer': 60.0,"
        " 'painter': 0.0, 'writer + painter': 90.0})"
    ),
    "cn.exercises.check_scenes_threshold(answer=0.2, person=2.0, bot=0.0, wrong=6.0)",
    "cn.exercises.check_binds_keep(answer=0.1, problem=P, worker='a', task='t1')",
    "cn.exercises.check_binds_two(answer=['budget', 'pinned'], gain=0.1, problem=P)",
    "cn.exercises.check_binds_row(rule=lambda T, code, test: [])",
]


@cache
def parts(line):
    """The function of a call and its arguments, as they are written."""
    call = ast.parse(line, mode="eval").body
    return ast.unparse(call.func), {one.arg: ast.unparse(one.value) for one in call.keywords}


# Values that are legal for an argument of this kind, as they stand in WRONG and SPOILT.
NUMBERS = ["-1", "0", "1.5", "Decimal('0.5')", "Fraction(1, 3)"]
ROWS = ["rows doubled", "rows missing", "rows unlike", "rows stacked"]  # the index says nothing
LABELS = ["cell 'x'", "cell '1'", "cell True", "cell 1j", "cell 10**400", "cell math.inf"]
GAPS = ["cell None", "cell math.nan", "cell pd.NA"]
EMPTY = ["[]", "set()", "(one for one in ())"]
FREE = [
    "rows unlike",
    "rows stacked",
    "columns unlike",
    "columns stacked",
    "pd.DataFrame([[0.5]], ['z'], ['z'])",
]
ANY_SHAPE = [
    "[]",
    "[[]]",
    "np.array(0.5)",
    "np.zeros((2, 2, 2))",
    "pd.DataFrame()",
    "pd.Series([1.0], ['z'])",
    *FREE,
]
ANY_SHAPE += ["array doubled"]
KINDS = {
    "thing": [],
    "number": NUMBERS,
    "not negative": NUMBERS[1:],
    "positive": NUMBERS[2:],
    "share": ["0", *NUMBERS[3:]],
    "inner share": NUMBERS[3:],
    "whole": ["0"],
    "any whole": ["-1", "0"],
    "flag": ["True", "False"],
    "seed": ["None", "0", "10**400"],
    "text": ["'1'", "'x'"],
    "pairs": [*EMPTY, "pd.DataFrame()", "cell True", *ROWS],
    "pins": [
        *EMPTY,
        "cell True",
        "pd.DataFrame()",
        *ROWS,
        "columns missing",
        "columns unlike",
        "columns stacked",
    ],
    "answer": [*WRONG, *SPOILT],  # of a reader: the sentence says what is wrong with it
    "rows": ROWS,
    "rows of labels": [*ROWS, *LABELS],
    "shares": [*ROWS, *LABELS, *GAPS, "cell [1]", "columns missing", "columns unlike"],
    "zero or one": ["cell True"],
    "free": FREE,
    "free rows": ["{}", *FREE, *ROWS],
    "scales": ["{}", *ROWS],
    "gaps": [*GAPS, *FREE],
    "marks": ["{}", "{'z': 1.0}", "rows unlike", "cell 'x'", "cell '1'", "cell [1]"],
    "pairs or none": ["None", "0", *EMPTY, "pd.DataFrame()", *ROWS],
    "none but one": ["{'z': 1.0}"],
    "none of them": [*EMPTY, "{}"],
    "answers": ["{}", "{'z': 1.0}", "rows missing", "rows unlike"],
    "limit or none": [*NUMBERS[2:], "math.inf", "None"],
    "weights or none": ["None"],
    "not negative or none": ["None", *NUMBERS[1:]],
    "whole or none": ["None", "0"],
    "attributes": [*LABELS, *GAPS, "columns missing", "columns unlike"],
    "quotas": ["[]", "pd.DataFrame()", *ROWS],
    "counts by label": ["None", "0", "{}"],
    "numbers by label": ["None", "{}", *NUMBERS, *FREE],
    "bounds by label": ["None", "{}", *NUMBERS[1:], "math.inf", "cell math.inf"],
    "number or none": ["None", *NUMBERS],
    "number, none or inf": ["None", "math.inf", *NUMBERS],
    "by label": ["{}", "{'z': 1.0}", "rows unlike"],
    "by pair": ["{}"],
    "bounds by pair": ["{}", "cell None"],
    "quotas by pair": ["{}", "cell None", "cell '1'"],
    "gaps by label": ["{}", "{'z': 1.0}", "rows unlike", "cell None"],
    "unbounded by label": ["{}", "{'z': 1.0}", "rows unlike", "cell math.inf", "cell None"],
    # an empty cell is none
    "costs by label": [
        *("None", "{}", *NUMBERS[1:], "math.inf", "cell math.inf"),
        *("cell None", "cell math.nan", "cell pd.NA"),
    ],
    "numbers by pair": ["None", "{}", *ROWS, *GAPS, "cell True"],
    "begins with a name": ["cell 'x'", "cell '1'"],
    "budgets": [*EMPTY, "pd.Series([1.0], ['z'])", "cell [1]"],
    "running": [
        "cell True",
        "pd.DataFrame()",
        "pd.DataFrame([[0.5]], ['z'], ['z'])",
        *ROWS,
        "columns unlike",
        "columns stacked",
    ],
    "none at all": ["{}", "rows unlike"],
    "nan": ["math.nan", *NUMBERS],
    "places": [*NUMBERS, *ANY_SHAPE, "math.inf", "-math.inf", "cell math.inf"],
    "positive or inf": [*NUMBERS[2:], "math.inf"],
    "not negative or inf": [*NUMBERS[1:], "math.inf"],
    "cells": [
        "pd.DataFrame()",
        *FREE,
        *ROWS,
        *LABELS,
        *GAPS,
        "cell [1]",
        "columns doubled",
        "columns missing",
    ],
    "counts": ["0", "rows stacked", "rows doubled", "rows unlike", "rows missing"],
    "distance": ["cell math.inf"],
    "labels of numbers": [
        "rows doubled",
        "rows missing",
        "pd.Series([1.0], ['z'])",
        "{'z': 1.0}",
        "rows unlike",
        "rows stacked",
        "cell [1]",
    ],
    "a row": ["pd.Series([1.0], ['z'])", "[]", "set()", "(one for one in ())", "cell [1]"],
    "path": ["'1'", "'x'"],
    "many": [
        *EMPTY,
        *LABELS,
        "np.array(['a', 'b'])",
        "np.array(['2020-01-01'], 'M8[D]')",
        "np.array([1j, 2j])",
        "pd.Series([1.0], ['z'])",
        "[True, False]",
        "cell 'x'",
        "cell '1'",
    ],
    "numbers": [*NUMBERS, *ANY_SHAPE],
}
# The kind of each argument by its name, in whatever function; by function and name where it
# differs. Else a thing.
BY_KIND = {
    "answer": "gain moved star ex en he low high rho moves team",
    "number": "expectation radicand bound revenue fee performance budget",
    "not negative": (
        "gamma entropy hyper_entropy noise person bot wrong price tolerance pay notice arrival load"
    ),
    "positive": "time_limit epsilon days arrivals epoch stay he_to_en shift resolution limit half_life",
    "share": (
        "conflict_probability screened_out threshold weight urgent skilled remote late drop"
        " conflicts ability spread drift decay p level chance gate value bar"
    ),
    "inner share": "factor",
    "flag": "progress listed steps",
    "seed": "rng",
    "text": "title what x y where",
    "whole": "min_ratings size seed places n drops extra at history workers worker_limits limits",
    "pairs": "worker_conflicts task_conflicts task_overlaps",
    "pins": "pinned",
    "zero or one": "table taken friends seen",
    "rows": "inquiries credentials",
    "rows of labels": "credits frame ratings_or_counts revenue cases",
    "labels of numbers": "reachable wanted income",
    "marks": "marks",
    "path": "output folder path",
    "many": "sizes methods chances cells identifiers criteria seeds",
    "numbers": "hits confidence minutes ability_low ability_high demand_low demand_high values",
    "gaps": "share width computed printed",
}
ARGUMENTS = {name: kind for kind, names in BY_KIND.items() for name in names.split()}
ARGUMENTS |= {
    "cn.repairs.time_limit": "limit or none",
    "cn.robust.time_limit": "positive or inf",
    "cn.import_ratings.words": "answers",
    "cn.import_ratings.scale_of": "scales",
    **dict.fromkeys(("cn.import_ratings.rounded", "cn.import_ratings.add"), "flag"),
    "cn.import_ratings.replace": "flag",
    "cn.Scenario.half_life": "positive or inf",
    "cn.stability.samples": "whole",
    "cn.stability.weights": "weights or none",
    "cn.recover_conflicts.largest": "whole",
    "cn.alternatives.tolerance": "not negative or inf",
    "cn.recover_conflicts.tolerance": "not negative or inf",
    "cn.recover_weights.tolerance": "not negative or inf",
    "cn.gamma_range.tolerance": "positive",
    "cn.gamma_range.he_to_en": "not negative",
    "cn.frontier.budgets": "budgets",
    **dict.fromkeys(["cn.Scale.lowest", "cn.Scale.highest"], "number"),
    "cn.Scale.step": "positive",
    "cn.criteria_tree.criteria": "rows of labels",
    **dict.fromkeys(["cn.criteria_tree.judgements", "cn.count_ratings.scales"], "none of them"),
    "cn.replan.table": "running",
    "cn.solve_many.problems": "none of them",
    "cn.repairs.untouchable": "none of them",
    "cn.repairs.costs": "none of them",
    "CLOUD.membership.x": "places",
    "CLOUD.drops.rng": "seed",
    "COUNTS.__add__.other": "counts",
    "cn.Market.stay": "positive or inf",
    "cn.Market.price": "not negative or inf",
    "cn.Market.shift": "positive",
    "cn.check.table": "cells",
    "cn.privacy.share_at_risk.frame": "cells",
    **dict.fromkeys(
        [f"cn.experiments.{one}.rows" for one in ("shares", "times", "accuracy", "summary")],
        "rows of labels",
    ),
    **dict.fromkeys(["cn.experiments.quorum.rows", "cn.plots.spread.rows"], "rows"),
    **dict.fromkeys(
        [f"P.changed.{one}" for one in ("task_weights", "task_conflicts")], "pairs or none"
    ),
    "MEDICAL.problem.worker_limits": "counts by label",
    "cn.existence.candidates_needed.most": "whole",
    "cn.existence.binomial_band.repeats": "numbers",
    "cn.scenes.consultations.limit": "whole",
    "cn.plots.recovered.answer": "zero or one",
    "cn.experiments.growth.rows": "rows of labels",
    "cn.experiments.instances.cells": "many",
    "cn.matching.guess.seen": "gaps",
    "cn.matching.compare.policies": "none at all",
    "cn.panels.panel_market.settings": "none at all",
    "cn.panels.service_view.fitting": "nan",
    "cn.panels.content_view.shares": "shares",
    "cn.panels.medical_view.published": "gaps",
    "inequality.not_negative.name": "text",
    "cn.matching.trial.name": "text",
    "cn.matching.trial.rng": "whole",
    "cn.matching.compare.rng": "whole",
    "cn.matching.gini.values": "a row",
    "inequality.not_negative.values": "labels of numbers",
    "cn.scenes.teams.values": "a row",
    "cn.scenes.teams.names": "marks",
    "cn.scenes.too_close.reach": "any whole",
    "cn.scenes.reviews.reach": "any whole",
    "cn.scenes.too_close.distance": "distance",
    "cn.scenes.expected_cost.threshold": "number",
    "cn.scenes.incomes.shares": "shares",
    "cn.scenes.shapley.values": "none at all",
    "cn.scenes.objections.values": "thing",
    "cn.scenes.proportional.credits": "labels of numbers",
    "cn.scenes.proportional.revenue": "number",
    "cn.scenes.without_credential.workers": "many",
    "cn.privacy.hidden_bounds.table": "gaps",
    "cn.plots.bands.table": "gaps",
    "cn.plots.bands.y": "marks",
    "cn.plots.curves.table": "gaps",
    "cn.plots.logarithmic.table": "gaps",
    "cn.plots.weights.table": "free",
    "cn.plots.bars.table": "free",
    "cn.plots.prices.table": "rows",
    "cn.plots.existence.shares": "shares",
    "cn.plots.coverage.level": "share",
    "cn.plots.foresight.middle": "inner share",
    "cn.plots.interval_rows.counts": "free",
    "cn.plots.cloud_drops.x": "thing",
    "cn.plots.tree.nodes": "thing",
    "cn.plots.moves.frame": "rows of labels",
    "cn.plots.radicands.samples": "marks",
    **dict.fromkeys(["cn.plots.intervals.ability", "cn.plots.intervals.demand"], "free"),
    **dict.fromkeys(
        [
            f"cn.{f}.{a}"
            for f in ("possibility_matrix", "below_threshold", "qualification")
            for a in ("ability", "demand")
        ],
        "free",
    ),
    **dict.fromkeys(
        [
            "cn.Problem.qualification",
            "cn.consistent_matrix.judgement",
            "cn.criteria_weights.judgement",
            "cn.judgement_consistency.judgement",
        ],
        "free",
    ),
    **dict.fromkeys(
        ["cn.panels.weights_view.judgement", "cn.exercises.check_weights_by_hand.judgement"], "free"
    ),
    **dict.fromkeys(
        ["cn.panels.direct_weights_view.weights", "cn.panels.WeightSliders.weights"],
        "labels of numbers",
    ),
    "cn.panels.shared_rest.weights": "a row",
    "cn.Project.task_weights": "weights or none",
    "cn.Project.given_qualification": "free",
    "cn.Project.options": "bounds by pair",
    "cn.Project.ratings": "rows of labels",
    "cn.Project.part_judgements": "free rows",
    # where Q is given ready-made
    **dict.fromkeys(
        [f"cn.Project.{one}" for one in ("ability", "demand", "criteria_weights")],
        "weights or none",
    ),
    "cn.Scenario.name": "text",
    "cn.Scenario.min_ratings": "whole or none",
    "cn.panels.assignment_view.by_given": "number or none",
    **dict.fromkeys(
        [
            f"cn.Scenario.{one}"
            for one in ("weights", "required", "task_weights", "limits", "added", "least")
        ],
        "by label",
    ),
    "cn.Scenario.most": "gaps by label",
    **dict.fromkeys(
        [f"cn.Scenario.{one}" for one in ("capacities", "missing_costs")], "unbounded by label"
    ),
    **dict.fromkeys(
        [
            f"cn.Scenario.{one}"
            for one in ("demand", "conflicts", "exclusions", "pinned", "overlaps")
        ],
        "by pair",
    ),
    **dict.fromkeys(
        [f"cn.Scenario.{one}" for one in ("keep_costs", "conflict_costs", "pair_effects")],
        "by pair",
    ),
    "cn.Scenario.budget": "number, none or inf",
    "cn.Scenario.quotas": "quotas by pair",
    "cn.Scenario.from_json.data": "begins with a name",
    "cn.Scenario().repaired.changes": "none of them",
    "cn.Scenarios.named": "none of them",
    "SCENARIOS.__getitem__.name": "any whole",
    "SCENARIOS.keep.scenario": "text",
    "cn.Problem.capacities": "bounds by label",
    "cn.Problem.costs": "numbers by label",
    "cn.Problem.missing_cost": "costs by label",
    **dict.fromkeys(
        [f"cn.Problem.{one}" for one in ("keep_costs", "conflict_costs", "pair_effects")],
        "numbers by pair",
    ),
    "cn.Problem.attributes": "attributes",
    "cn.Problem.quotas": "quotas",
    **dict.fromkeys(
        [f"cn.Problem.{one}" for one in ("required_most", "worker_limits", "worker_least")],
        "counts by label",
    ),
    "SCENARIOS.keep.gamma": "not negative or none",
    "SCENARIOS.within.time_limit": "limit or none",
    "cn.report.source": "path",
    "cn.ProjectError.problems": "none of them",
}
# Of a reader: the sentence says what is wrong with it.
ANSWERS = (
    "answer worker rule search method policy scenario path conflicts publish task cost tasks pair"
    " project"
)
ARGUMENTS |= {
    f"{function}.{argument}": "answer"
    for function, written in map(parts, EXERCISES)
    for argument in written
    if argument in ANSWERS.split()
}
ARGUMENTS |= {
    f"cn.exercises.{one}": "thing"
    for one in (
        "check_overview_by_hand.worker",
        "check_overview_by_hand.task",
        "check_why_insist.worker",
        "check_binds_keep.worker",
        "check_binds_keep.task",
    )
}
ARGUMENTS |= {
    "cn.exercises.check_weights_one_change.pair": "thing",
    "cn.exercises.check_own_data_slips.folder": "answer",
}
ARGUMENTS |= {
    "cn.exercises.check_possibility_demand.wanted": "share",
    "cn.exercises.check_experiments_teams.m": "whole",
    "cn.exercises.check_scenes_shares.earned": "none but one",
}
# What messages call an argument as well, or instead of its name.
WORDS = {
    "cn.count_ratings.frame": "ratings",
    "cn.criteria_tree.judgements": "judgement",
    "ratings_or_counts": "ratings counts",
    **{f"{name}_{end}": name for name in ("ability", "demand") for end in ("low", "high")},
    "COUNTS.__add__.other": "counts",
    "cn.Project.criteria_weights": "criteria",
    "cn.Project.ratings": "rating",
    "cn.Scenario.weights": "weight",
    "cn.Scenario.required": "needs",
    "cn.Scenario.task_weights": "weighs",
    "cn.Scenario.demand": "asks",
    "cn.Scenario.conflicts": "conflict",
    "cn.Scenario.exclusions": "exclusion",
    "cn.Scenario.limits": "limit",
    "cn.Scenario.least": "least",
    "cn.Scenario.most": "most",
    "cn.Scenario.pinned": "pin",
    "cn.Scenario.overlaps": "overlap",
    "cn.Scenario.capacities": "capacity",
    "cn.Scenario.quotas": "quotas",
    **dict.fromkeys(
        [f"cn.Scenario.{one}" for one in ("keep_costs", "conflict_costs", "pair_effects")], "what"
    ),
    "cn.Scenario.missing_costs": "empty place",
    "cn.Scenario.from_json.data": "here",
    "cn.Scenarios.load.path": "read",
    "cn.report.source": "folder",
    "across": "criterion",
    "up": "criterion",
    "cn.matching.compare.policies": "policy",
    "inequality.not_negative.values": "income",
    "cn.panels.panel_market.settings": "workers",
    "ability": "worker",
    "demand": "task",
    "qualification": "worker task",
    "sizes": "workers",
    "chances": "conflict_probability",
    "stars": "ratings",
    "frame": "column",
    "table": "worker task",
}
# What functions return, and what panels are made of: nobody gives these arguments.
# experiments.full, which takes half an hour, hands on what it is given.
RESULTS = """
Assignment Assignment.of SolverAnswerError ScenarioError Counts baselines.Attempt matching.Auction plots.Picture
relaxation.Descent relaxation.Linear relaxation.Relaxed relaxation.Tree
simulation.Comparison scenes.HandOver scenes.Scene panels.View
exercises.Verdict exercises.Verdict.worth
panels.Panel panels.Panel.__getitem__ panels.WeightSliders.notify_change panels.panel_possibility panels.panel_problem
panels.panel_qualification experiments.full experiments.Instance experiments.Instance.problem experiments.Outcome
"""


def made(source):
    """What a piece of a line makes, among the valid values of arguments.py (made when they are first asked for)."""
    from helpers import arguments

    return eval(source, vars(arguments) | {"drawing": drawing})


def kind_of(function, argument):
    return ARGUMENTS.get(f"{function}.{argument}", ARGUMENTS.get(argument, "thing"))


def wrong_values(valid):
    """Every wrong value of an argument: its name, and how it is written."""
    yield from zip(WRONG, WRONG, strict=True)
    value, spoilt = made(valid), made("spoilt")
    yield from (
        (how, f"spoilt({valid}, {how!r})")
        for how in SPOILT
        if spoilt(value, how) is not NotImplemented
    )


def verdict(call, function, given, argument, how, source):
    """What is wrong with the answer to a wrong value; None where it is as it should be."""
    value, kind = made(source), kind_of(function, argument)
    try:
        call(**{**given, argument: value})
    except Exception as error:
        where, said = traceback.extract_tb(error.__traceback__)[-1], str(error)
        short = (
            f"{type(error).__name__} in {Path(where.filename).name}, line {where.lineno}:"
            f" {said[:150]!r}"
        )
        if kind == "path" and isinstance(error, OSError):
            return None
        ours = where.filename.startswith(PACKAGE)
        if not ours or not isinstance(error, ValueError | TypeError | ModuleNotFoundError):
            return short
        plain = how in WRONG and not any(sign in how for sign in "[({")
        words = [argument, *WORDS.get(f"{function}.{argument}", WORDS.get(argument, "")).split()]
        if not any(word in said for word in (words if plain else [*words, *given])):
            return f"does not name {argument}: {short}"
        if plain and value is not None:
            told = (shown(value), str(value)[:20], type(value).__name__, "shape ()", "got 1")
            if not any(one in said for one in told):
                return f"does not show {shown(value)}: {short}"
        return None
    known = inspect.signature(call).parameters
    by_default = how == "None" and argument in known and known[argument].default is None
    return None if by_default or how in KINDS[kind] else "was accepted"


SOME = tries(3, 1)  # every third wrong value, from another on for each length of name; or all


def failures(line):
    function, written = parts(line)
    call, given = made(function), {name: made(source) for name, source in written.items()}
    for argument, valid in written.items():
        for how, source in list(wrong_values(valid))[len(argument) % SOME :: SOME]:
            if said := verdict(call, function, given, argument, how, source):
                yield (
                    f"{function}({', '.join(f'{k}={v}' for k, v in {**written, argument: source}.items())})"
                    f"  # {said}"
                )


@pytest.mark.slow
def test_an_answer_is_wrong_if_it_is_not_the_packages_own():
    """The sweep finds what it is meant to find."""
    line = "drawing.drawing(alt='so', height=3, inside='')"
    assert len(list(failures(line))) > 50 / SOME
    assert list(failures("cn.plots.weights(table=Q, reach=None)")) == []


LINES = [*CALLS, *PLOTS, *PANELS, *EXERCISES]


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES, ids=[parts(line)[0] for line in LINES])
def test_a_wrong_argument_is_named(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # '1' and 'x' are names of files too
    wrong = list(failures(line))
    assert not wrong, "\n" + "\n".join(wrong)


def public():
    """Functions, classes and methods that can be reached from the package, by name; each with its parameters."""
    homes = {name: getattr(cn, name) for name in cn.__all__}
    found = {name: one for name, one in homes.items() if not inspect.ismodule(one)}
    for home, module in homes.items():
        if inspect.ismodule(module):
            own = {
                name: one
                for name, one in ((name, getattr(module, name)) for name in dir(module))
                if getattr(one, "__module__", "").startswith(module.__name__)
            }
            found |= {
                f"{home}.{name}": one for name, one in own.items() if not name.startswith("_")
            }
    found = {
        name: one for name, one in found.items() if inspect.isclass(one) or inspect.isroutine(one)
    }
    classes = {name: one for name, one in found.items() if inspect.isclass(one)}
    for name, one in classes.items():
        for method, code in vars(one).items():
            code = getattr(code, "__func__", code)
            if inspect.isfunction(code) and (not method.startswith("_") or method == "__getitem__"):
                found[f"{name}.{method}"] = code
    return found


def test_every_public_function_is_swept_with_all_its_arguments():
    swept = {}
    for line in LINES:
        function, written = parts(line)
        code = made(function)
        swept.setdefault(getattr(code, "__func__", code), set()).update(written)
    for name, one in public().items():
        if name in RESULTS.split():
            continue
        asked = {
            parameter.name
            for parameter in inspect.signature(one).parameters.values()
            if parameter.name not in ("self", "cls") and parameter.kind != parameter.VAR_KEYWORD
        }
        if asked or inspect.isclass(one):
            assert asked <= swept.get(one, set()), f"{name}: {asked - swept.get(one, set())}"

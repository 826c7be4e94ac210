"""HiGHS as a solver; the only file that imports highspy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from legation.errors import UnsolvedError
from legation.programme.formulation import INF, Formulation, Index, Vector
from legation.programme.solver import NOTHING, Limits, Solution, Status

Highs = Any  # highspy ships no types
Options = dict[str, bool | int | float | str]
Stop = Callable[[], bool]
"""Whether to stop before the time is up: asked often, so it must be quick."""


def highs(formulation: Formulation, limits: Limits, start: Vector | None = None, stop: Stop | None = None) -> Solution:
    """Solve to the gap asked for; HiGHS is handed the arrays as they stand.

    start: a point that is hard to better, (columns,): HiGHS then spends its time on the proof, not on finding others
    """
    given: Options = {} if start is None else {"mip_heuristic_effort": 0.0, "mip_pscost_minreliable": 8}
    return _solve(formulation, _options(limits) | given, start, stop)


def prove(
    formulation: Formulation,
    limits: Limits,
    start: Vector | None = None,
    nodes: int | None = None,
) -> Solution:
    """Solve a programme, from a good plan where there is one, in at most so many nodes.

    No effort goes into plans of which HiGHS would guess that they are good, nor into beginning again.
    """
    options = _options(limits) | PROVING | ({} if nodes is None else {"mip_max_nodes": nodes})
    return _solve(formulation, options, start)


def prove_wide(
    formulation: Formulation, limits: Limits, start: Vector | None = None, stop: Stop | None = None
) -> Solution:
    """Solve a covering programme, which many columns and few choices make wide, from a good plan.

    On such, it takes longer than it saves to simplify first, to cut in the tree and to try branches; and interior
    points come to the first relaxation, or all there is where nothing need be whole, up to fifteen times sooner.
    """
    first = "mip_lp_solver" if formulation.integer.any() else "solver"
    return _solve(formulation, _options(limits) | PROVING | WIDE | {first: "ipm"}, start, stop)


def seek(formulation: Formulation, limits: Limits, start: Vector | None, nodes: int) -> Solution:
    """Look for a good plan of a small programme in at most so many nodes, also near the plans that are known."""
    return _solve(formulation, _options(limits) | PROVING | SEEKING | {"mip_max_nodes": nodes}, start)


def relax(formulation: Formulation, limits: Limits) -> tuple[float, Vector] | None:
    """Return value and row prices of the best point if nothing had to be whole, or None if there is none.

    A price says what one unit more of its row's bound is worth; it is positive where the upper bound holds.
    """
    import highspy

    with _quiet():
        model = _load(replace(formulation, integer=np.zeros(formulation.columns, dtype=bool)))
        for option, setting in (_options(limits) | {"presolve": "off", "solver": "simplex"}).items():
            model.setOptionValue(option, setting)
        model.run()
        if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return float(model.getInfo().objective_function_value), np.array(model.getSolution().row_dual)


@dataclass(frozen=True, slots=True, eq=False)
class Vertex:
    """The best point if nothing had to be whole, (columns,), what it is worth, and what a unit more of each column is.

    basis: from where a similar programme is solved again
    """

    value: float
    x: Vector
    reduced: Vector
    basis: Any


UNLIMITED = 2**31 - 1
LONG = 2_000
"""So many steps, and half as many as there are columns, are more than a relaxation takes that was begun well."""


class Repeated:
    """A programme in which nothing need be whole, kept by HiGHS to be solved again and again as bounds or aims move."""

    def __init__(self, formulation: Formulation, limits: Limits, *, steady: bool = False) -> None:
        """Hand the programme over. steady: each solve begins where the one before ended, never from another basis."""
        with _quiet():
            self._model = _load(replace(formulation, integer=np.zeros(formulation.columns, dtype=bool)))
        # Devex (1) or steepest edges (2), which are forgotten with every other basis, and then cost more than they save
        edges: Options = {"presolve": "off", "solver": "simplex", "simplex_dual_edge_weight_strategy": 1 + steady}
        for option, setting in (_options(limits) | edges).items():
            self._model.setOptionValue(option, setting)
        self._patience = LONG + formulation.columns // 2
        self._columns = np.arange(formulation.columns, dtype=np.int32)
        self._bounds = formulation.lower, formulation.upper

    def aim(self, objective: Vector) -> None:
        """Change the objective; the constant stays."""
        self._model.changeColsCost(len(self._columns), self._columns, objective)

    def solve(self, lower: Vector, upper: Vector, basis: Any = None) -> Vertex | None:  # noqa: ANN401
        """Return the best point within these bounds, None where there is none.

        basis: where to begin, else where the last solve ended; raise UnsolvedError where HiGHS gives up
        """
        import highspy

        model, ended = self._model, highspy.HighsModelStatus
        if basis is not None:
            model.setBasis(basis)
        moved = self._columns[(lower != self._bounds[0]) | (upper != self._bounds[1])]
        model.changeColsBounds(
            len(moved), moved, lower[moved], upper[moved]
        )  # all of them would take as long as a step
        self._bounds = lower, upper
        model.setOptionValue("simplex_iteration_limit", self._patience)
        model.run()
        if model.getModelStatus() == ended.kIterationLimit:  # HiGHS 1.16 may go round in circles from another's basis
            model.setOptionValue("simplex_iteration_limit", UNLIMITED)
            model.clearSolver()
            model.run()
        status = model.getModelStatus()
        if status == ended.kInfeasible:
            return None
        if status != ended.kOptimal:
            raise UnsolvedError("HiGHS could not solve a relaxation.", hint="Give it more time (--seconds).")
        found = model.getSolution()
        return Vertex(
            float(model.getInfo().objective_function_value),
            np.array(found.col_value),
            np.array(found.col_dual),
            model.getBasis(),
        )

    def prices(self) -> Vector:
        """Return the prices of rows where the last solve ended, as `relax` does."""
        return np.array(self._model.getSolution().row_dual)

    def ray(self) -> Vector | None:
        """Return prices of rows that show why the last solve found no point, up to sign; None where HiGHS has none."""
        _, found, prices = self._model.getDualRay()
        return np.array(prices) if found else None


PROVING: Options = {
    "mip_heuristic_effort": 0.0,
    "mip_allow_restart": False,
    **{
        f"mip_heuristic_run_{name}": False
        for name in ("feasibility_jump", "rens", "rins", "root_reduced_cost", "shifting", "zi_round")
    },
}

WIDE: Options = {"presolve": "off", "mip_pscost_minreliable": 0, "mip_allow_cut_separation_at_nodes": False}

SEEKING: Options = {
    "mip_heuristic_effort": 0.1,
    "mip_heuristic_run_rens": True,
    "mip_heuristic_run_rins": True,
}


class Relaxation:
    """A programme of which nothing need be whole, kept by HiGHS: rows are added to it, and it is solved again."""

    def __init__(self, formulation: Formulation, limits: Limits) -> None:
        """Hand the programme over."""
        with _quiet():
            self._model = _load(replace(formulation, integer=np.zeros(formulation.columns, dtype=bool)))
        for option, setting in (_options(limits) | {"presolve": "off", "solver": "simplex"}).items():
            self._model.setOptionValue(option, setting)

    def solve(self) -> Relaxed | None:
        """Return the best point, or None if there is none."""
        import highspy

        with _quiet():
            self._model.run()
        if self._model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found, basis = self._model.getSolution(), self._model.getBasis()
        kinds = {highspy.HighsBasisStatus.kLower: 1.0, highspy.HighsBasisStatus.kUpper: -1.0}
        return Relaxed(
            x=np.array(found.col_value),
            rows=np.array(found.row_value),
            prices=np.array(found.row_dual),
            side=np.array([kinds.get(s, 0.0) for s in basis.col_status]),
            row_side=np.array([kinds.get(s, 0.0) for s in basis.row_status]),
            basic=np.array(self._model.getBasicVariables()[1]),
        )

    def add(self, start: Index, index: Index, value: Vector, lower: Vector) -> None:
        """Add rows that are to be at least this much."""
        for at, least in enumerate(lower.tolist()):
            some = slice(start[at], start[at + 1])
            self._model.addRow(least, np.inf, len(index[some]), index[some].astype(np.int32), value[some])

    def drop(self, rows: Index) -> None:
        """Take rows away."""
        if len(rows):
            self._model.deleteRows(len(rows), rows.astype(np.int32))

    def inverse(self, place: int) -> Vector:
        """Return a row of the inverse of the basis, (rows,)."""
        return np.array(self._model.getBasisInverseRow(place)[1])


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """A best point at a corner: the columns, the rows, their prices, and what the corner is made of.

    side: 1 where a column (or row) is held at its lower bound, -1 at its upper one, else 0; basic: by place in the
    basis the column, or below 0 a row
    """

    x: Vector
    rows: Vector
    prices: Vector
    side: Vector
    row_side: Vector
    basic: Index


def _solve(formulation: Formulation, options: Options, start: Vector | None, stop: Stop | None = None) -> Solution:
    with _quiet():
        model = _load(formulation)
        for option, setting in options.items():
            model.setOptionValue(option, setting)
        if start is not None:
            _begin(model, start)
        if stop is not None:
            _heed(model, stop)
        model.run()
        solution = _read(model, formulation)
    if start is not None and not _is_worth_it(formulation, solution):
        return _solve(formulation, options, None, stop)
    return solution


def _heed(model: Highs, stop: Stop) -> None:
    """Let HiGHS end, with what it has, once it is to stop; Python also hears signals then."""

    def ask(event: Any) -> None:  # noqa: ANN401
        if stop():
            event.interrupt()

    model.cbMipInterrupt += ask
    model.cbSimplexInterrupt += ask
    model.cbIpmInterrupt += ask


def _is_worth_it(f: Formulation, solution: Solution) -> bool:
    """Say whether a point is worth what HiGHS says.

    Where HiGHS is given a start and closes a programme while it reduces it, HiGHS 1.16 may hand back the start beside
    the value of a better point.
    """
    if not len(solution.x):
        return True
    own = float(f.objective @ solution.x) + f.constant
    return abs(own - solution.objective) <= 1e-6 * max(abs(own), 1.0)


def _options(limits: Limits) -> Options:
    """Return the options: one thread and a seed, so that the same programme gives the same plan.

    mip_pscost_minreliable: trust what one trial of a branch has shown, where HiGHS would make eight. Worlds of the
    bench that took longest took two fifths less; the others took as long as before.
    """
    return {
        "output_flag": False,
        "time_limit": limits.seconds,
        "mip_rel_gap": limits.gap,
        "mip_abs_gap": 0.0,
        "random_seed": limits.seed,
        "threads": 1,
        "mip_pscost_minreliable": 1,
    }


def _load(f: Formulation) -> Highs:
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = f.columns, len(f.row_lower)
    lp.col_cost_, lp.offset_, lp.sense_ = f.objective, f.constant, highspy.ObjSense.kMaximize
    lp.col_lower_, lp.col_upper_ = f.lower, f.upper
    lp.row_lower_, lp.row_upper_ = f.row_lower, f.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = f.start.astype(np.int32)
    lp.a_matrix_.index_ = f.index.astype(np.int32)
    lp.a_matrix_.value_ = f.value
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger if i else kinds.kContinuous for i in f.integer.tolist()]
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)
    model.passModel(lp)
    return model


def _begin(model: Highs, start: Vector) -> None:
    import highspy

    known = highspy.HighsSolution()
    known.col_value = start.tolist()
    model.setSolution(known)


def _read(model: Highs, f: Formulation) -> Solution:
    import highspy

    status, info = model.getModelStatus(), model.getInfo()
    version, seconds = str(model.version()), float(model.getRunTime())
    statuses = highspy.HighsModelStatus  # our columns are bounded, so that what may be unbounded is not
    if status in (statuses.kInfeasible, statuses.kUnboundedOrInfeasible):
        return Solution(Status.INFEASIBLE, NOTHING, solver="HiGHS", version=version, seconds=seconds)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Solution(Status.UNKNOWN, NOTHING, solver="HiGHS", version=version, seconds=seconds)
    ended = Status.OPTIMAL if status == highspy.HighsModelStatus.kOptimal else Status.FEASIBLE
    x = np.array(model.getSolution().col_value)
    bound = info.mip_dual_bound if f.integer.any() else info.objective_function_value
    dual = NOTHING if f.integer.any() else np.array(model.getSolution().row_dual)
    return Solution(ended, x, info.objective_function_value, bound, "HiGHS", version, dual, seconds)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the process's standard output clean: HiGHS writes a banner there whatever its options."""
    try:
        saved = os.dup(1)
    except OSError:
        yield
        return
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 1)
        yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)
        os.close(sink)


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """A best point of a programme that grows: its value, the columns, and what a unit more of each row costs."""

    value: float
    x: Vector
    prices: Vector


class Growing:
    """A least-cost programme in which nothing need be whole: rows stay, columns come as prices call for them.

    Each solve begins where the one before ended.
    """

    def __init__(self, lower: Vector, upper: Vector, stop: Stop) -> None:
        """Write rows without columns, (rows,) each. stop: whether to give up a solve."""
        import highspy

        with _quiet():
            self._model = highspy.Highs()  # type: ignore[no-untyped-call]
            self._model.setOptionValue("output_flag", False)
        for option, setting in (
            _options(Limits()) | {"time_limit": INF, "presolve": "off", "solver": "simplex"}
        ).items():
            self._model.setOptionValue(option, setting)
        self.columns = 0
        self._every = np.arange(len(lower), dtype=np.int32)
        none = np.empty(0, dtype=np.int32)
        self._model.addRows(len(lower), lower, upper, 0, np.zeros(len(lower), dtype=np.int32), none, np.empty(0))
        _heed(self._model, stop)

    def add(self, cost: Vector, start: Index, index: Index, value: Vector) -> None:
        """Add columns of at least 0, each with its entries by row."""
        count = len(cost)
        parts = start.astype(np.int32), index.astype(np.int32), value
        self._model.addCols(count, cost, np.zeros(count), np.full(count, np.inf), len(index), *parts)
        self.columns += count

    def limit(self, upper: Vector, row_lower: Vector, row_upper: Vector) -> None:
        """Change how large columns, and how small or large rows, may be."""
        every = np.arange(self.columns, dtype=np.int32)
        self._model.changeColsBounds(self.columns, every, np.zeros(self.columns), upper)
        for row in self._every.tolist():
            self._model.changeRowBounds(row, row_lower[row], row_upper[row])

    def solve(self, *, moved: bool) -> Grown | None:
        """Return the best point, None if it was not found. moved: bounds have, so that the last point may not hold."""
        import highspy

        self._model.setOptionValue("simplex_strategy", 1 if moved else 4)  # dual, primal
        self._model.run()
        if self._model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = self._model.getSolution()
        value = float(self._model.getInfo().objective_function_value)
        return Grown(value, np.array(found.col_value), np.array(found.row_dual))

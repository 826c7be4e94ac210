"""HiGHS as a solver; the only file that imports highspy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from legation.programme.formulation import Formulation, Vector
from legation.programme.solver import NOTHING, Limits, Solution, Status

Highs = Any  # highspy ships no types


def highs(formulation: Formulation, limits: Limits, start: Vector | None = None) -> Solution:
    """Solve to the gap asked for; HiGHS is handed the arrays as they stand.

    start: a point that is hard to better, (columns,): HiGHS then spends its time on the proof, not on finding others
    """
    with _quiet():
        model = _load(formulation)
        for option, setting in _options(limits).items():
            model.setOptionValue(option, setting)
        if start is not None:
            _begin(model, start)
        model.run()
        return _read(model, formulation)


def _options(limits: Limits) -> dict[str, bool | int | float]:
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

    model.setOptionValue("mip_heuristic_effort", 0.0)
    model.setOptionValue("mip_pscost_minreliable", 8)
    known = highspy.HighsSolution()
    known.col_value = start.tolist()
    model.setSolution(known)


def _read(model: Highs, f: Formulation) -> Solution:
    import highspy

    status, info = model.getModelStatus(), model.getInfo()
    version = str(model.version())
    if status == highspy.HighsModelStatus.kInfeasible:
        return Solution(Status.INFEASIBLE, NOTHING, solver="HiGHS", version=version)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Solution(Status.UNKNOWN, NOTHING, solver="HiGHS", version=version)
    ended = Status.OPTIMAL if status == highspy.HighsModelStatus.kOptimal else Status.FEASIBLE
    x = np.array(model.getSolution().col_value)
    bound = info.mip_dual_bound if f.integer.any() else info.objective_function_value
    dual = NOTHING if f.integer.any() else np.array(model.getSolution().row_dual)
    return Solution(ended, x, info.objective_function_value, bound, "HiGHS", version, dual)


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

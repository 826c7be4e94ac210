"""The fitting that scikit-learn does: a penalised logit, and boosted trees as a baseline."""

from __future__ import annotations

import importlib.util
from contextlib import AbstractContextManager

from legation.affinity.baselines import Engines
from legation.affinity.history import Bools, Floats
from legation.errors import RefusedError


def engines(*, boosted: bool = True) -> Engines:
    """Return the fitting functions; raise RefusedError where scikit-learn is not installed."""
    if importlib.util.find_spec("sklearn") is None:
        raise RefusedError(
            "Fitting needs scikit-learn, which is not installed.",
            hint="Install it with: pip install 'legation[affinity]'",
        )
    return Engines(logit, boost if boosted else None)


def one_thread() -> AbstractContextManager[object]:
    """Compute on one thread: the order of sums, and so the last digit, no longer depends on the machine's load."""
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[object] = threadpool_limits(1)
    return limits


def logit(table: Floats, truth: Bools, strength: float) -> tuple[Floats, float]:
    """Fit a logit with an L2 penalty of inverse strength C; return coefficients and intercept."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=200, tol=1e-8).fit(table, truth)
    return fitted.coef_[0], float(fitted.intercept_[0])


def boost(table: Floats, truth: Bools, now: Floats, seed: int) -> Floats:
    """Fit boosted trees as the published baseline does, and return the probabilities for another table."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    trees = HistGradientBoostingClassifier(
        max_iter=200, learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=60, l2_regularization=1.0,
        early_stopping=False, random_state=seed,
    )  # fmt: skip
    fitted = trees.fit(table, truth)
    return fitted.predict_proba(now)[:, 1]  # type: ignore[no-any-return]


def version() -> str:
    """Return the name and version of what fits."""
    import sklearn

    return f"scikit-learn {sklearn.__version__}"

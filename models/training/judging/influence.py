"""How much each row adds to the error of a statistic: its derivative by the row's weight; their mean is 0."""

from __future__ import annotations

import numpy as np

from models.ticks import Bools, Floats, Ints


def auc_influence(up: Bools, prob: Floats) -> Floats:
    """Return that of the area under the ROC curve (DeLong, DeLong and Clarke-Pearson 1988).

    For an up: the share of downs scored below it, less the area, over the share of ups; for a down the same
    the other way round. Equal scores count half. Needs a row of each kind.
    """
    ups, downs, group = _counts(up, prob)
    downs_below = ((np.cumsum(downs) - downs / 2) / downs.sum())[group]
    ups_above = (1 - (np.cumsum(ups) - ups / 2) / ups.sum())[group]
    placement = np.where(up, downs_below, ups_above)
    area = downs_below[up].mean()
    return np.asarray((placement - area) / np.where(up, up.mean(), 1 - up.mean()))


def average_precision_influence(up: Bools, prob: Floats) -> Floats:
    """Return that of average precision: the mean over ups of the share of ups among rows scored no lower.

    A row counts for itself, if it is an up, and changes that share for every up scored no higher.
    """
    ups, downs, group = _counts(up, prob)
    above = np.cumsum((ups + downs)[::-1])[::-1]
    precision = np.cumsum(ups[::-1])[::-1] / above
    raised, held = np.cumsum(ups / above), np.cumsum(ups * precision / above)
    average = (ups * precision).sum() / ups.sum()
    own = precision[group] - average + raised[group]
    return np.asarray((up * own - held[group]) / up.mean())


def kappa_influence(up: Bools, said_up: Bools) -> Floats:
    """Return that of Cohen's kappa, (agreement - by chance) / (1 - by chance)."""
    agree, a, b = (up == said_up), said_up.mean(), up.mean()
    chance = a * b + (1 - a) * (1 - b)
    by_chance = (2 * b - 1) * (said_up - a) + (2 * a - 1) * (up - b)
    agreed = agree.mean()
    return np.asarray(((agree - agreed) * (1 - chance) - by_chance * (1 - agreed)) / (1 - chance) ** 2)


def _counts(up: Bools, prob: Floats) -> tuple[Floats, Floats, Ints]:
    """Return ups and downs of each distinct score, ascending, and the place of each row's score."""
    group = np.unique(prob, return_inverse=True)[1]
    ups = np.bincount(group, up).astype(np.float64)
    return ups, np.bincount(group) - ups, group

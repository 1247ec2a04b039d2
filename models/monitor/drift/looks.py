"""What is looked at, and how often: the same for training, which learns the null, and for the live monitor.

Every five minutes, at the end of a bucket, a symbol's last 900 s and last 3,600 s are compared with
training; its last 900 s with the 900 s before; and of three hours one after the other the least PSI is taken,
which is high only where drift lasts. Values are judged on the scale of their logarithm, since
that of PSI and KS under no drift is close to normal: ``(ln value - centre) / spread``.
"""

from __future__ import annotations

import numpy as np

from models.monitor.bucket import BUCKET_S
from models.ticks import Floats

WINDOWS_S = (900, 3_600)
PREVIOUS_S = 900
PREVIOUS = "previous"
SUSTAINED = "sustained"
HOURS = 3  # in a row, of which the least PSI is what was sustained
LEAST_SHARE = 0.5  # of a window's seconds that must have rows
PER_HOUR = 3_600 // BUCKET_S

PSI, KS, ADWIN = "psi", "ks", "adwin"
COMPARING = (PSI, KS, PREVIOUS)
"""The detectors that compare counts; each has a false alarm budget of its own."""
HOUR = str(max(WINDOWS_S))
AGAINST = tuple(str(length) for length in WINDOWS_S)
KEYS = (*AGAINST, SUSTAINED, PREVIOUS)
"""Names of what is looked at."""
LENGTHS = {**{str(length): length for length in WINDOWS_S}, SUSTAINED: 3_600, PREVIOUS: PREVIOUS_S}
"""Seconds of one window of each."""
LOOKED = {PSI: KEYS[:-1], KS: KEYS[:-2], PREVIOUS: (PREVIOUS,)}
"""Which of them each detector looks at."""
DISTANCE = {PSI: 0, KS: 1, PREVIOUS: 0}
"""Place of the distance that a detector takes, PSI or KS."""

_LEAST = 1e-12  # a distance of exactly 0 has no logarithm


def logarithm(values: Floats) -> Floats:
    """Return the natural logarithm of distances; NaN stays NaN."""
    return np.asarray(np.log(np.maximum(values, _LEAST)))

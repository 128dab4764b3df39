"""Random counts from a seed, by the standard library alone: the same on every machine."""

from __future__ import annotations

import math
import random
from typing import Final

_SMALL: Final = 20.0
_FEW: Final = 25


class Chance(random.Random):
    """A source of chance that also draws counts."""

    def poisson(self, mean: float) -> int:
        """By Knuth's product of uniforms; above 20 by the normal curve, whose error no count of ours could show."""
        if mean <= 0:
            return 0
        if mean > _SMALL:
            return max(0, round(self.gauss(mean, math.sqrt(mean))))
        limit, product, count = math.exp(-mean), self.random(), 0
        while product > limit:
            product *= self.random()
            count += 1
        return count

    def binomial(self, total: int, share: float) -> int:
        """How many of a total."""
        if total > _FEW:
            drawn = round(self.gauss(total * share, math.sqrt(total * share * (1 - share))))
            return min(max(drawn, 0), total)
        return sum(self.random() < share for _ in range(total))

    def geometric(self, mean: float) -> int:
        """At least one."""
        return 1 + int(math.log(1 - self.random()) / math.log(1 - 1 / mean)) if mean > 1 else 1

    def spread(self, low: float, high: float) -> float:
        """Between two numbers, evenly by their logarithms."""
        return math.exp(self.uniform(math.log(low), math.log(high)))

"""Korean particles (조사): what an eojeol ends in, and what the index does not keep as words."""

from __future__ import annotations

import re
from typing import Final

_ONE = (
    r"(?:은|는|이|가|을|를|의|에|에서|에게|에게서|한테|께|께서|와|과|도|로|으로|로서|으로서|로써|으로써|만|까지|부터"
    r"|보다|처럼|같이|마다|조차|마저|밖에|이나|나|이랑|랑|하고|이라|라|이라고|라고|이라는|라는|이란|란|이며|며|이고|고)"
)
PARTICLE: Final = re.compile(_ONE)
"""One particle."""
PARTICLES: Final = re.compile(_ONE + "(?:은|는|도|의|만)?")
"""A particle, and one more that may follow it."""

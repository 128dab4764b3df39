"""The dated table of list prices (``prices.toml``)."""

from __future__ import annotations

import tomllib
from datetime import date  # noqa: TC003 - msgspec reads it
from pathlib import Path
from typing import Any, Final

import msgspec

TABLE: Final = Path(__file__).with_name("prices.toml")


class PriceError(ValueError):
    """A table of prices is incomplete, or somebody asks for a price that is not in it; the text says which."""


class Price(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one unit costs, in US dollars, where it stands and when it was looked up."""

    usd: float
    unit: str
    page: str
    """Name of the public pricing page."""
    date: date
    check: bool = False
    """Whether it was written without being found in a second place."""


class Prices(msgspec.Struct, frozen=True, kw_only=True):
    """Prices of one region, by service and name."""

    region: str
    services: dict[str, dict[str, Price]]

    def cost(self, service: str, name: str, amount: float) -> float:
        """Dollars for so many units; PriceError for a service or name that has no price."""
        return self.price(service, name).usd * amount

    def price(self, service: str, name: str) -> Price:
        """One price; PriceError for a service or name that has none."""
        if service not in self.services:
            raise PriceError(f"no prices of {service!r}: the table has {', '.join(sorted(self.services))}")
        if name not in self.services[service]:
            raise PriceError(f"no price {name!r} of {service}: add it to {TABLE.name}")
        return self.services[service][name]

    def unchecked(self) -> list[str]:
        """Names of the prices to look up, as service.name."""
        return [f"{service}.{name}" for service, named in self.services.items() for name in named if named[name].check]


def load(path: Path = TABLE) -> Prices:
    """Read a table; PriceError names what is missing or wrong in it."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        services = {service: _service(service, entry) for service, entry in table.items() if service != "region"}
        return Prices(region=msgspec.convert(table.get("region"), str), services=services)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PriceError(f"{path}: {error}") from error


def _service(service: str, entry: Any) -> dict[str, Price]:  # noqa: ANN401 - what a file says
    if not isinstance(entry, dict):
        raise PriceError(f"{service} is no table of prices")
    shared = {name: entry[name] for name in ("page", "date") if name in entry}
    return {name: _price(service, name, {**shared, **one}) for name, one in entry.items() if isinstance(one, dict)}


def _price(service: str, name: str, fields: dict[str, Any]) -> Price:
    price = msgspec.convert(fields, Price)
    if price.usd < 0:
        raise PriceError(f"{service}.{name}: a price is not below 0")
    return price

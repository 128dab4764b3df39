"""One spelling for each address, so that the same page is the same page wherever its link was found."""

from __future__ import annotations

import ipaddress
import itertools
import re
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit

import idna

MAX_LENGTH: Final = 2_048
"""Characters of a canonical address; sitemaps.org and most servers go no further."""
_MAX_RAW = 16_384
"""Characters of an address before it is cleaned: trackers are allowed to be long."""

_TRACKERS: Final[dict[str, str]] = {
    "Google Analytics, campaign links and the cross-domain linker": "_ga _gl _gac",
    "Google Ads, Campaign Manager and Merchant Center": (
        "gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid"
    ),
    "Meta: Facebook and Instagram": "fbclid fb_action_ids fb_action_types fb_source igsh igshid mibextid",
    "Microsoft Advertising": "msclkid",
    "X: its ads and its embedded posts": "twclid ref_src ref_url",
    "TikTok": "ttclid",
    "LinkedIn": "li_fat_id",
    "Reddit": "rdt_cid",
    "Pinterest": "epik",
    "Snapchat": "sccid",
    "Yandex": "yclid ysclid _openstat",
    "Yahoo's consent page": "guccounter guce_referrer guce_referrer_sig",
    "Mailchimp": "mc_cid mc_eid",
    "HubSpot": "_hsenc _hsmi __hssc __hstc __hsfp hsctatracking",
    "Adobe: Marketo, Advertising Cloud": "mkt_tok s_kwcid ef_id",
    "Naver's search ads and shopping": (
        "n_media n_query n_rank n_ad_group n_ad n_keyword n_keyword_id n_campaign_type n_match n_network "
        "n_ad_group_type n_mall_pid napm"
    ),
    "Matomo": "pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid piwik_campaign piwik_kwd",
    "Piano, formerly AT Internet": "at_medium at_campaign",
    "Branch": "_branch_match_id _branch_referrer",
    "Impact": "irclickid",
    "Vero": "vero_id vero_conv",
    "Omeda": "oly_anon_id oly_enc_id",
    "Wicked Reports": "wickedid",
}
"""Parameters that tell who sent a reader and never what is shown, lower-case, by where they come from."""
_SESSIONS: Final = "phpsessid jsessionid"
"""Parameters by which PHP and Java servers know a reader who sends no cookies: another value at each visit."""
_NAMELESS = frozenset(name for names in (*_TRACKERS.values(), _SESSIONS) for name in names.split())
_NAMELESS_PREFIXES = (
    "utm_",  # Google Analytics' campaign parameters, which everybody else understands too
    "mtm_",  # Matomo's
    "hsa_",  # HubSpot's ads
    "aspsessionid",  # ASP's sessions, whose names end in letters of the server's own
)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
"""Where Java servers write a session into all that they link to (Servlet 6.0, section 7.1.3)."""

_MEDIUMS = "---"
"""In the value of ``source``, which may mean anything without: Medium's feeds and lists name themselves in links to a
story, on any domain, with dashes for what they leave out (``source=rss----7b722bfd1b8d---4``)."""

_PATH_SAFE = "/:@!$&'()*+,;=%"  # RFC 3986, section 3.3: pchar and the slash
_QUERY_SAFE = _PATH_SAFE + "?"  # RFC 3986, section 3.4
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAME = _LABEL.pattern
_CANONICAL = re.compile(
    rf"https?://(?=[^/:]{{1,253}}[/:])(?:{_NAME}\.)*{_NAME}(?::(?:[1-5][0-9]{{4}}|[1-9][0-9]{{3}}))?"
    r"(?>(?:/(?!\.\.?(?:[/?]|\Z))[A-Za-z0-9._~!$&'()*+,=:@-]*)+)"
    r"(?:\?([A-Za-z0-9._~=:@/-]+(?:&[A-Za-z0-9._~=:@/-]+)*+))?+"
)
"""Addresses that are canonical as they are, but for parameters that track: nearly all that an API gives. Not all that
could be: none with an escape, a semicolon, or a port that may be the scheme's own. The path is an atomic group: before
Python 3.11.5 a possessive repeat gets look-aheads inside it wrong, and took ``//.`` for canonical."""
_AROUND = "".join(map(chr, range(0x21)))  # C0 controls and the space
_WITHIN = dict.fromkeys(map(ord, "\t\n\r"))


def canonical_url(url: str, base: str = "") -> str | None:
    """The one spelling of an http(s) address, or ``None`` where it is none.

    Scheme and host in lower case, the host in its ASCII form (IDNA 2008 with UTS 46 mapping), no default port, no user
    name or password, no fragment, dot segments resolved, percent-encoding normalized (RFC 3986, section 6.2.2), no
    tracking parameters, no sessions; what is left of the query keeps its order. Nothing is guessed: ``/a`` and ``/a/``
    differ. ``None`` for other schemes, hosts that cannot exist, and results longer than ``MAX_LENGTH``. Idempotent.

    Args:
        url: any string; relative addresses need ``base``.
        base: the address that it was found at.
    """
    if not (url or base):
        return None
    address = url.partition("#")[0]
    known = _CANONICAL.fullmatch(address) if len(address) <= MAX_LENGTH else None
    if known is None or len(url) > _MAX_RAW:
        return _canonical(url, base)
    query: str | None = known[1]
    if query is None or not any(map(_tracks, parameters := query.split("&"))):
        return address
    path, kept = address[: known.start(1) - 1], "&".join(itertools.filterfalse(_tracks, parameters))
    return f"{path}?{kept}" if kept else path


def _canonical(url: str, base: str) -> str | None:
    if len(url) > _MAX_RAW or len(base) > _MAX_RAW:
        return None
    try:
        parts = urlsplit(urljoin(_clean(base), _clean(url)))
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:  # a bracket that does not close, a port beyond 65535, a host that IDNA refuses
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return None
    authority = host if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{host}:{port}"
    query = _query(parts.query)
    canonical = f"{parts.scheme}://{authority}{_path(parts.path)}{'?' if query else ''}{query}"
    return canonical if len(canonical) <= MAX_LENGTH else None


def _clean(url: str) -> str:
    """Without what browsers ignore, and with their reading of a backslash (URL Standard, section 4.4)."""
    url = url.strip(_AROUND).translate(_WITHIN).partition("#")[0]
    address, mark, query = url.partition("?")
    return address.replace("\\", "/") + mark + query


def _host(host: str) -> str:
    """The ASCII form of a host; empty where there is none.

    Raises:
        ValueError: no such host can exist.
    """
    if ":" in host:
        if "%" in host:
            raise ValueError(host)  # a zone, which means something on one machine only (RFC 6874)
        return f"[{ipaddress.IPv6Address(host).compressed}]"
    host = unquote(host, errors="strict").removesuffix(".")
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode("ascii").removesuffix(".")
    host = host.lower()
    if len(host) > 253 or (host and not all(map(_LABEL.fullmatch, host.split(".")))):  # noqa: PLR2004 - RFC 1035, 2.3.4
        raise ValueError(host)
    return host


def _path(path: str) -> str:
    """A path with normalized escapes, without dot segments (RFC 3986, section 5.2.4) and without a session."""
    kept: list[str] = []
    segments = _SESSION_IN_PATH.sub("", _escapes(path, _PATH_SAFE)).split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _query(query: str) -> str:
    parameters = (_escapes(parameter, _QUERY_SAFE) for parameter in query.split("&"))
    return "&".join(parameter for parameter in parameters if parameter and not _tracks(parameter))


def _tracks(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    name = unquote(name).lower()
    return name in _NAMELESS or name.startswith(_NAMELESS_PREFIXES) or (name == "source" and _MEDIUMS in value)


def _escapes(text: str, safe: str) -> str:
    """Percent-encoding as it should be: upper-case, where it is needed, and nowhere else."""
    return quote(_PERCENT.sub(_escape, text), safe=safe, errors="replace")


def _escape(match: re.Match[str]) -> str:
    if not match[1]:
        return "%25"
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()

"""One address for one page: what links must be stripped of before they are compared."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urlsplit

_LONGEST = 2048
"""Characters of a link that is taken seriously."""

_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"(?:utm_\w*|at_(?:medium|campaign|custom\d?|link\w*|format|ptr\w*|bbc\w*)|mc_[ce]id|pk_\w+|mtm_\w+|hsa_\w+|ns_\w+|"
    r"(?:fb|g|y|d|tw|ttc|wbra|gbra|ys|ms|o)cl(?:id|kid)|fb_\w+|igshid|igsh|_openstat|_g[al]|_hsenc|_hsmi|ref_src|cmpid|"
    r"ocid|wt_mc|xtor|smid|soc_src|soc_trk|spm|vero_id|s_cid|mkt_tok|__twitter_impression|guce\w*)",
    re.IGNORECASE,
)
"""Parameters that say where the reader came from, not what the page is."""

_KEPT = "%/:?#[]@!$&'()*+,;=~|"
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


def canonical_url(url: str) -> str | None:
    """The link in its one form, or None if it is not an absolute http(s) link that one could follow.

    Scheme and host in lower case, the default port, fragment, tracking parameters and the slash at the end
    removed (RFC 3986 section 6.2, and custom). Links with user information are refused: they deceive.
    """
    trimmed = url.strip()
    return None if len(trimmed) > _LONGEST else _canonical(trimmed)


@lru_cache(maxsize=2048)  # a link is asked for several times on its way into the store
def _canonical(trimmed: str) -> str | None:
    try:
        parts = urlsplit(trimmed)
        origin = _origin(parts)
        path = quote(parts.path.rstrip("/") or "/", safe=_KEPT)
        query = quote(_wanted(parts.query), safe=_KEPT)
    except ValueError:  # not a URL, a port out of range, a host that IDNA refuses, a lone surrogate
        return None
    return origin and origin + path + (f"?{query}" if query else "")


def _origin(parts: SplitResult) -> str | None:
    """Scheme, host and port; None if they are not those of a web page."""
    if parts.scheme not in _PORTS or parts.hostname is None or "@" in parts.netloc:
        return None
    host = parts.hostname.rstrip(".")
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    if ":" in host:
        host = f"[{host}]"
    if not _HOST.fullmatch(host):
        return None
    port = parts.port
    return f"{parts.scheme}://{host}" + ("" if port in (None, _PORTS[parts.scheme]) else f":{port}")


def _wanted(query: str) -> str:
    return "&".join(
        pair for pair in query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0])
    )

"""Whether events may be told to a URL, as far as can be known without asking the network.

Where a name leads is checked when the connection is made, each time.
"""

import re
from typing import NoReturn

import httpx

from app.erp.rules import UrlRefused
from app.kit.addresses import AllowList, Refused, literal

_LAST_PORT = 65_535
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?|[0-9A-Fa-f:.]+")


def check(url: str, allow: AllowList) -> str:
    """Return the URL in its plain form. Raises UrlRefused."""
    try:
        read = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        _refuse(f"is no URL: {error}")
    if not read.host or read.scheme not in {"https", "http"}:
        _refuse(f"must be absolute, such as https://{read.host or 'erp.example.com'}/hooks")
    if read.userinfo or read.fragment:
        _refuse("must hold no user name, password or fragment; put a key into `headers`")
    if read.port is not None and not 0 < read.port <= _LAST_PORT:
        _refuse(f"{read.port} is no port")
    host = read.raw_host.decode("ascii")  # as it is looked up: punycode
    if not _HOST.fullmatch(host):
        _refuse(f"{read.host} is no name of a host")
    plain = read.scheme == "http"
    if plain and allow.is_empty():
        _refuse("must begin with https://; plain http only where MAKEGOOD_WEBHOOKS__ALLOW names it")
    _check_host(host, allow, plain=plain)
    return str(read)


def _check_host(host: str, allow: AllowList, *, plain: bool) -> None:
    if allow.names(host):
        return
    address = literal(host)
    name = host.lower().rstrip(".")
    if address is None and (name == "localhost" or name.endswith(".localhost")):
        address = literal("127.0.0.1")
    if address is None:
        return
    try:
        allow.check(host, address, only_allowed=plain)
    except Refused as error:
        _refuse(f"{error}; MAKEGOOD_WEBHOOKS__ALLOW is that list")


def _refuse(detail: str) -> NoReturn:
    raise UrlRefused(
        "Nothing may be told to this URL; `errors` says why.",
        errors=[{"pointer": "/url", "detail": detail}],
    )

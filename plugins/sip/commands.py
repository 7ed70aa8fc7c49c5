"""`hub sip phone`: agents' phones from a terminal, by the API of the site that runs."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx

HERE: Final = "http://127.0.0.1:8080"
MANY: Final = 200
"""Users a page; who is named exactly is among the first of those whose login contains the name."""


class Refused(Exception):
    """The site said no, or is not there; as a sentence."""


def configure(parser: argparse.ArgumentParser) -> None:
    """`hub sip phone set LOGIN`, `remove LOGIN`, `list`."""
    who = argparse.ArgumentParser(add_help=False)
    who.add_argument("--site", default=os.environ.get("HUB_URL", HERE), help=f"where the hub is reached ({HERE})")
    who.add_argument("--as", dest="administrator", metavar="LOGIN", help="log in; else HUB_TOKEN has an API token")
    does = parser.add_subparsers(title="what", required=True, metavar="what", dest="what")
    gives = does.add_parser(
        "set", parents=[who], help="give an agent a phone, or a new password for it, which is shown once"
    )
    gives.add_argument("login", help="the agent")
    gives.add_argument("--username", help="as what the phone registers (the agent's login)")
    gives.add_argument("--outside", default="", metavar="NUMBER", help="a number that is rung, too")
    takes = does.add_parser("remove", parents=[who], help="take an agent's phone away")
    takes.add_argument("login", help="the agent")
    does.add_parser("list", parents=[who], help="agents' phones and where they are registered")


def run(options: argparse.Namespace) -> int:
    """Do it; 1 with a sentence when it was not possible."""
    try:
        with httpx.Client(base_url=options.site, timeout=30, trust_env=False) as http:
            _log_in(http, options.administrator)
            _COMMANDS[options.what](http, options)
    except (Refused, httpx.HTTPError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _log_in(http: httpx.Client, login: str | None) -> None:
    token = os.environ.get("HUB_TOKEN", "")
    if login:
        word = getpass.getpass(f"Password of {login}: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
        token = _asked(http, "POST", "/api/v1/login", {"login": login, "password": word})["token"]
        http.cookies.clear()  # a cookie would want a token against forged requests, too
    if not token:
        raise Refused("Say who you are: --as LOGIN, or an API token in HUB_TOKEN.")
    http.headers["Authorization"] = f"Bearer {token}"


def _set(http: httpx.Client, options: argparse.Namespace) -> None:
    wanted = {"username": options.username or options.login, "outside": options.outside}
    made = _asked(http, "PUT", f"/p/sip/phones/{_user(http, options.login)}", wanted)
    server = httpx.URL(options.site).host
    shown = {"user": made["username"], "password": made["password"], "realm": made["realm"], "server": server}
    sys.stdout.write("".join(f"{name:<9} {value}\n" for name, value in shown.items()))
    sys.stdout.write("The password is shown this once; a phone that had another must log in anew.\n")


def _remove(http: httpx.Client, options: argparse.Namespace) -> None:
    _asked(http, "DELETE", f"/p/sip/phones/{_user(http, options.login)}")
    sys.stdout.write(f"{options.login} has no phone any more.\n")


def _list(http: httpx.Client, options: argparse.Namespace) -> None:
    for phone in _asked(http, "GET", "/p/sip/phones")["phones"]:
        where = [f"{each['from']} {each['transport']} until {each['until']}" for each in phone["contacts"]]
        also = [f"rings {phone['outside']}"] if phone["outside"] else []
        sys.stdout.write(f"{phone['username']:<20} {', '.join([*where, *also]) or 'not registered'}\n")


def _user(http: httpx.Client, login: str) -> int:
    for user in _asked(http, "GET", f"/api/v1/users?{httpx.QueryParams(q=login, limit=MANY)}")["items"]:
        if user["login"] == login:
            return int(user["id"])
    raise Refused(f"There is no user {login} whom you manage.")


def _asked(http: httpx.Client, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    answer = http.request(method, path, json=body)
    if answer.is_error:
        raise Refused(_sentence(answer))
    return answer.json() if answer.content else None


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"The site answered {answer.status_code} {answer.reason_phrase}."


_COMMANDS: Final[Mapping[str, Callable[[httpx.Client, argparse.Namespace], None]]] = {
    "set": _set,
    "remove": _remove,
    "list": _list,
}

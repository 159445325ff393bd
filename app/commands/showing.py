"""Showing what the service does: the demo."""

from pathlib import Path
from typing import Annotated

import typer

from app import auth
from app.auth import Scope
from app.commands.manners import console, fail, plainly
from app.demo import running as demos
from app.runtime import open_runtime
from app.settings import Settings


def _address(url: str | None) -> str | None:
    if url is not None and not demos.is_address(url):
        raise typer.BadParameter("give the address of a service, such as http://127.0.0.1:8000")
    return url


def _plain(key: str | None) -> str | None:
    if key is not None and not (key.isascii() and key.isprintable()):
        raise typer.BadParameter("a key is plain text: mg_live_ and what follows")
    return key


def demo(
    url: Annotated[
        str | None,
        typer.Option(
            help="Play against this service; what is told stays there.", callback=_address
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            help="An API key of it, of all scopes.", envvar="MAKEGOOD_DEMO_KEY", callback=_plain
        ),
    ] = None,
    keep: Annotated[  # noqa: FBT002 (an option of the command line)
        bool, typer.Option("--keep", help="Leave the service running until Ctrl-C, and its folder.")
    ] = False,
) -> None:
    """Play the journeys and show them, against a service on a scratch folder or a running one."""
    if (url is None) != (key is None):
        fail("--url and --key go together: the address of a running service, and a key of it.")
    if url is not None and key is not None:
        raise typer.Exit(demos.against(url, key, console))
    with plainly():
        code = demos.on_scratch(_key_for_demo, console, keep=keep)
    raise typer.Exit(code)


async def _key_for_demo(folder: Path) -> str:
    """Create a key with the service that runs on this folder, whatever else is configured."""
    settings = Settings(data_dir=folder, database_url=None, files_url=None, secrets_key=())
    async with open_runtime(settings) as runtime, runtime.transaction() as session:
        scopes = list(Scope)
        return (await auth.create_key(session, runtime.vault, name="demo", scopes=scopes))[1]

"""The key that seals what carriers and endpoints sign with."""

import typer
from cryptography.fernet import Fernet

from app.carriers import service as carriers
from app.commands.manners import DataDir, console, settings_of, with_runtime
from app.erp import service as erp
from app.runtime import Runtime

secrets = typer.Typer(help="The key that seals carriers' secrets.", no_args_is_help=True)


@secrets.command(name="new-key")
def new_secrets_key() -> None:
    """Print a new key for MAKEGOOD_SECRETS_KEY. Put it first, keep the old one behind a comma."""
    print(Fernet.generate_key().decode())  # noqa: T201 (for scripts)


@secrets.command(name="reseal")
def reseal(data_dir: DataDir = None) -> None:
    """Seal everything under the newest key; after that the old one can go."""

    async def seal(runtime: Runtime) -> int:
        async with runtime.transaction() as session:
            sealed = await carriers.reseal(session, runtime.vault)
            return sealed + await erp.reseal(session, runtime.vault)

    count = with_runtime(settings_of(data_dir), seal)
    console.print(f"Sealed {count} secrets anew.")

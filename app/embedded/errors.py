"""What can keep the embedded database from running, in words for the person who started it."""


class EmbeddedError(Exception):
    """The embedded database cannot do what was asked; the text says why and what to do."""


class AlreadyRunning(EmbeddedError):
    """Another process holds this data folder."""


class FolderRefused(EmbeddedError):
    """The data folder is not one we can or should use."""


class SocketFolderRefused(EmbeddedError):
    """The folder for the server's socket is not ours alone."""


class BinariesMissing(EmbeddedError):
    """There is no PostgreSQL to run on this machine, or not one for this data."""


class ServerFailed(EmbeddedError):
    """PostgreSQL did not start, did not answer, or did not stop."""

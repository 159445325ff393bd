"""Run by the tests as a process: `serve` in small, or a mere owner of a server."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

# structlog would import rich, which takes longer than the rest of a test.
sys.modules["rich"] = None

import structlog  # noqa: E402

from app import embedded  # noqa: E402
from app.embedded import postmaster, supervisor  # noqa: E402

_PR_SET_CHILD_SUBREAPER = 36


def say(event, **more):
    sys.stdout.write(json.dumps({"event": event, **more}) + "\n")
    sys.stdout.flush()


def own(told):
    """Start a server and live on without looking at it, as if it were not ours."""
    server = embedded.start(told["data_dir"], extra={"fsync": "off"})
    if told.get("release"):
        server._lock.release()
    say("owning", pid=server.pid, url=server.url)
    signal.pause()


def stop_as_it_spawns():
    """Be told to stop when the database's process is there, and nobody was told of it yet."""
    spawn = subprocess.Popen

    def spawned(command, *more, **options):
        process = spawn(command, *more, **options)
        if Path(command[0]).name == "postgres" and "-D" in command:
            say("spawned", pid=process.pid)
            postmaster.running_on = lambda _pgdata: None  # it has not written that it runs
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0)
        return process

    postmaster.subprocess.Popen = spawned


def serve(told):
    if told.get("subreaper"):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)

    if told.get("stopped_as_it_spawns"):
        stop_as_it_spawns()

    def prepare(url):
        say("preparing", url=url)
        if told.get("prepare") == "fails":
            raise RuntimeError("no such migration")
        while told.get("prepare") == "hangs":
            time.sleep(60)

    return supervisor.run(
        told["data_dir"],
        prepare=prepare,
        children=[supervisor.Child(**child) for child in told["children"]],
        on_ready=lambda: say("ready"),
        url=told.get("url"),
        extra={"fsync": "off"},
        patience=supervisor.Patience(**{"first_pause_s": 0.05, **told.get("patience", {})}),
    )


if __name__ == "__main__":
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
    )
    os.chdir("/")
    sys.exit({"own": own, "serve": serve}[sys.argv[1]](json.loads(sys.argv[2])))

"""Run by the tests as a process: `serve` in small, or a mere owner of a server."""

import ctypes
import json
import os
import signal
import sys
import time

# structlog would import rich, which takes longer than the rest of a test.
sys.modules["rich"] = None

import structlog  # noqa: E402

from app import embedded  # noqa: E402
from app.embedded import supervisor  # noqa: E402

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


def serve(told):
    if told.get("subreaper"):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)

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

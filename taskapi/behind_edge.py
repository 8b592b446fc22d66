"""The WSGI application of web processes that stand behind the edge (`events.edge`).

They listen on a Unix socket, which says nothing of a client. The edge does, in a header whose name was made up for this
start: nobody else can send it. What comes without it has no address.
"""

import os
from typing import Any

from taskapi.wsgi import application as behind

ADDRESS_HEADER = "TASKAPI_ADDRESS_HEADER"  # of the environment: the header's name
_key = "HTTP_" + os.environ[ADDRESS_HEADER].upper().replace("-", "_")


def application(environ: dict[str, Any], start_response: Any) -> Any:
    environ["REMOTE_ADDR"] = environ.pop(_key, "")
    return behind(environ, start_response)

"""schemathesis tries a running service out by its own description.

Reads {"url", "login", "password", "examples", "phases"} from standard input, "examples" being how many requests of each operation it makes
up, and writes {"passed": BOOLEAN, "report": TEXT}. Every request is made by somebody who signed in with that login. Wrong is an answer with
5xx, with a status, content type or header that isn't declared, and one that its schema forbids.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,whole_answers_conform"
METHODS = ("get", "post", "put", "patch", "delete")


def operations_without_end(url):
    """Streams of events: nobody waits for their end."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    document = json.load(direct.open(f"{url}/openapi.json", timeout=60))
    for methods in document["paths"].values():
        for method, operation in methods.items():
            if method in METHODS and "text/event-stream" in json.dumps(operation["responses"]):
                yield operation["operationId"]


def main():
    asked = json.load(sys.stdin)
    url = asked["url"]
    command = [str(pathlib.Path(sys.executable).with_name("schemathesis")), "run", f"{url}/openapi.json", "--url", url]
    command += ["--checks", CHECKS, "--phases", asked["phases"], "--max-examples", str(asked["examples"])]
    command += ["--seed", "1", "--continue-on-failure", "--no-shrink", "--suppress-health-check", "all", "--warnings", "off"]
    command += ["--generation-database", "none", "--no-color", "--request-timeout", "60"]
    # In one thread: CPython 3.11 sometimes fails to read Python code in two at once, as Hypothesis does.
    command += ["--workers", "1"]
    for operation in operations_without_end(url):
        command += ["--exclude-operation-id", operation]
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "openapi_hooks", "PYTHONPATH": str(pathlib.Path(__file__).parent), "PYTHONDONTWRITEBYTECODE": "1",
        "NO_PROXY": "*", "TRIAL_URL": url, "TRIAL_LOGIN": asked["login"], "TRIAL_PASSWORD": asked["password"],
    }
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL
        )
    json.dump({"passed": run.returncode == 0, "report": run.stdout}, sys.stdout)


main()

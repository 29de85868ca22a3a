"""Generates a client of the API in Python: generate.py URL FOLDER

URL is that of the API, FOLDER the package to write. The generator is openapi-python-client.
"""

import json
import subprocess
import sys
import tempfile
from urllib.request import urlopen

# It knows no schema that is `false`, which only these use: they say which fields go together, and the API checks that itself.
CONDITIONS = ("allOf", "not")


def without_conditions(part):
    if isinstance(part, dict):
        return {name: without_conditions(value) for name, value in part.items() if name not in CONDITIONS}
    return [without_conditions(value) for value in part] if isinstance(part, list) else part


def main(url, folder):
    with urlopen(f"{url}/v1/openapi.json") as answer:
        description = json.load(answer)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(without_conditions(description), file)
        file.flush()
        generator = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--overwrite"]
        subprocess.run([*generator, "--path", file.name, "--output-path", folder], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

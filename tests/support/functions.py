"""Lambda functions of a stage, made directly in an embedded AWS."""

import io
import zipfile

from tools.common.cloud import Cloud

ROLE = "arn:aws:iam::000000000000:role/test"


def create_functions(cloud: Cloud, variables: dict[str, str]) -> None:
    """The API's and the scheduled ones, that do nothing, with these variables."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "def app(event, context): return None\n")
    for name in cloud.function_names():
        cloud.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=ROLE,
            Handler="app.app",
            Code={"ZipFile": code.getvalue()},
            Environment={"Variables": variables},
        )

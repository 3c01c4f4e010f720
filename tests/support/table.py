"""The table as `.chalice/resources.yaml` describes it, made directly in a DynamoDB."""

import contextlib
import uuid
from functools import cache
from pathlib import Path
from typing import Any

import yaml

RESOURCES = Path(__file__).parents[2] / ".chalice" / "resources.yaml"


class _Loader(yaml.SafeLoader):
    """CloudFormation's short forms (!Sub, !Ref) as plain values."""


def _short_form(loader: yaml.Loader, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node)
    return loader.construct_mapping(node)  # type: ignore[arg-type]


_Loader.add_multi_constructor("!", _short_form)  # type: ignore[no-untyped-call]


def read_template(file: Path) -> Any:
    return yaml.load(file.read_text("utf-8"), _Loader)  # noqa: S506 - a SafeLoader


@cache
def read_table() -> dict[str, Any]:
    """The table's properties."""
    template = read_template(RESOURCES)
    return next(  # type: ignore[no-any-return]
        part["Properties"] for part in template["Resources"].values() if part["Type"] == "AWS::DynamoDB::Table"
    )


def create_table(client: Any) -> str:
    """A fresh table under a name of its own."""
    properties = read_table()
    name = f"scc-{uuid.uuid4().hex}"
    # The client's own second try finds what its first one made when the answer was slow.
    with contextlib.suppress(client.exceptions.ResourceInUseException):
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            **{key: properties[key] for key in ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")},
        )
    return name

"""JSON Schemas of what the API answers, made of the types that the code itself uses."""

import types
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from chalicelib.core.text import CURRENCY_CODE, EVENT_ID

Schema = dict[str, Any]


class Shape:
    """In an `Annotated` type: what it adds to the schema."""

    def __init__(self, **more: Any) -> None:
        self.more = more


Cents = Annotated[int, Shape(description="Minor units of the currency.")]
Count = Annotated[int, Shape(minimum=0)]
InstantText = Annotated[str, Shape(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
DayText = Annotated[str, Shape(pattern=r"^\d{4}-\d\d-\d\d$")]
Sha256 = Annotated[str, Shape(pattern="^[0-9a-f]{64}$")]
UuidText = Annotated[str, Shape(format="uuid")]
RecordId = Annotated[str, Shape(pattern=f"^{EVENT_ID}$")]
"""Of a boat or a person."""
EventId = Annotated[str, Shape(pattern=f"^{EVENT_ID}$")]
WaiverId = Annotated[str, Shape(pattern="^[0-9a-f]{32}$")]
GuestId = Annotated[str, Shape(pattern="^[0-9a-f]{16}$")]
PositionId = Annotated[str, Shape(pattern="^[0-9a-f]{16}$")]
CurrencyCode = Annotated[str, Shape(pattern=f"^{CURRENCY_CODE}$")]
Url = Annotated[str, Shape(format="uri")]

_SIMPLE: Mapping[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    Any: {},
}


def record(required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    """An object with all of these, perhaps those, and nothing else."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def nullable(schema: Schema) -> Schema:
    if not isinstance(schema.get("type"), str):
        return {"anyOf": [schema, {"type": "null"}]}
    options = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **options, "type": [schema["type"], "null"]}


def schema_of(hint: Any, name_of: Callable[[Any], str | None] = lambda _: None) -> Schema:
    """The schema of a type: text, flags, whole numbers, lists, literals, TypedDicts, and either of them or None.

    What `name_of` names becomes a reference.
    """
    if name := name_of(hint):
        return {"$ref": f"#/components/schemas/{name}"}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        schema = schema_of(arguments[0], name_of)
        for remark in arguments[1:]:
            schema |= remark.more if isinstance(remark, Shape) else {}
        return schema
    if origin is NotRequired:
        return schema_of(arguments[0], name_of)
    if origin is Literal:
        options = list(arguments)
        return {"type": "string", "enum": options} if len(options) > 1 else {"const": options[0]}
    if origin in (Union, types.UnionType):
        return _union([one for one in arguments if one is not type(None)], type(None) in arguments, name_of)
    if origin is list:
        return {"type": "array", "items": schema_of(arguments[0], name_of)}
    if origin is dict:
        return _dict_schema(arguments[0], arguments[1], name_of)
    if hint in _SIMPLE:
        return dict(_SIMPLE[hint])
    if is_typeddict(hint):
        hints = get_type_hints(hint, include_extras=True)
        fields = {name: schema_of(one, name_of) for name, one in hints.items()}
        optional = {name for name, one in hints.items() if get_origin(one) is NotRequired}
        return record(
            {name: field for name, field in fields.items() if name not in optional},
            {name: field for name, field in fields.items() if name in optional},
        )
    raise TypeError(f"no schema for {hint}")


def _dict_schema(key: Any, value: Any, name_of: Callable[[Any], str | None]) -> Schema:
    names, values = schema_of(key, name_of), schema_of(value, name_of)
    if "enum" in names:
        return {"type": "object", "properties": dict.fromkeys(names["enum"], values), "additionalProperties": False}
    more = {"propertyNames": {"pattern": names["pattern"]}} if "pattern" in names else {}
    return {"type": "object", **more, "additionalProperties": values}


def _union(members: list[Any], with_null: bool, name_of: Callable[[Any], str | None]) -> Schema:
    schemas = [schema_of(one, name_of) for one in members]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return nullable(schema) if with_null else schema

"""api_schema.py: the subset of JSON Schema that api/openapi.yaml may use, and a validator for it.

Purpose: gen_api.py refuses any schema outside the subset; the contract tests and the examples are
checked with the same few rules that the C decoders follow. Non-goal: JSON Schema at large.
"""
import datetime
import re

from strict_yaml import Refused

# format -> (prefix or None, what it looks like)
ID_PREFIXES = {"account_id": "acc", "transfer_id": "tr", "api_key_id": "key", "cursor": "cur",
               "person_id": "per", "contact_id": "con", "session_id": "ses", "device_id": "dev",
               "code_id": "otc", "recovery_id": "rcv", "verification_id": "ver", "review_id": "rev",
               "card_id": "card", "lock_id": "lck", "approval_id": "apr",
               "message_id": "msg", "delivery_id": "dlv",
               "totp_id": "totp", "passkey_id": "pk", "confirmation_id": "cnf"}
FORMATS = set(ID_PREFIXES) | {"currency", "date-time", "hash", "int64"}
CURRENCIES = {"CNY", "HKD", "JPY", "KRW", "KWD", "SGD", "GBP", "USD", "EUR"}
TYPES = {"string", "integer", "boolean", "object", "array"}
KEYS = {
    "string": {"type", "description", "x-zh", "format", "enum", "x-values", "x-bits", "minLength",
               "maxLength", "pattern", "default", "x-new"},
    "integer": {"type", "description", "x-zh", "minimum", "maximum", "default"},
    "boolean": {"type", "description", "x-zh"},
    "object": {"type", "description", "x-zh", "properties", "required", "additionalProperties"},
    "array": {"type", "description", "x-zh", "items", "minItems", "maxItems"},
}
INT64_MAX = 2**63 - 1
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
ENUM_VALUE = re.compile(r"[a-z][a-z0-9_:]*\Z")
CHARSET_PATTERN = re.compile(r"\^\[((?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9._:/]|-(?=\]))+)\]\+\$\Z")
HASH = re.compile(r"[0-9a-f]{64}\Z")
ID_DIGITS = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{12}\Z")
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,6})?(Z|[+-]\d\d:\d\d)\Z")


def type_of(schema):
    """(type, nullable)"""
    kind = schema["type"]
    return (kind[0], True) if isinstance(kind, list) else (kind, False)


def charset_of(pattern):
    """The characters that a pattern ^[...]+$ allows; None if it is not of that form."""
    match = CHARSET_PATTERN.match(pattern)
    if not match:
        return None
    text, chars, at = match.group(1), set(), 0
    while at < len(text):
        if at + 2 < len(text) and text[at + 1] == "-":
            first, last = ord(text[at]), ord(text[at + 2])
            if first > last:
                return None
            chars |= {chr(c) for c in range(first, last + 1)}
            at += 3
        else:
            chars.add(text[at])
            at += 1
    return chars


class Schemas:
    """components/schemas, checked on construction; resolves references."""

    def __init__(self, path, named):
        self.path = path
        self.named = named
        if not isinstance(named, dict):
            raise Refused(path, "schemas is a mapping")
        for name, schema in named.items():
            where = f"{path}/{name}"
            if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
                raise Refused(where, "a schema's name is in CamelCase")
            self.check(where, schema, is_top=True)
        self._refuse_cycles()

    def resolve(self, schema, where=""):
        """(name or None, schema without $ref)"""
        if "$ref" not in schema:
            return None, schema
        match = re.fullmatch(r"#/components/schemas/([A-Za-z0-9]+)", str(schema["$ref"]))
        if not match or match.group(1) not in self.named:
            raise Refused(where, f"no such schema: {schema['$ref']!r}")
        return match.group(1), self.named[match.group(1)]

    def check(self, where, schema, is_top=False):
        if not isinstance(schema, dict):
            raise Refused(where, "a schema is a mapping")
        if "$ref" in schema:
            if set(schema) != {"$ref"}:
                raise Refused(where, "beside $ref nothing may stand")
            self.resolve(schema, where)
            return
        if "type" not in schema:
            raise Refused(where, "missing type")
        kind = schema["type"]
        if isinstance(kind, list) and (len(kind) != 2 or kind[1] != "null"):
            raise Refused(where, 'a type list is [type, "null"]')
        kind, nullable = type_of(schema)
        if kind not in TYPES:
            raise Refused(where, f"type {kind!r} is not understood")
        if nullable and kind != "string":
            raise Refused(where, "only text may be null")
        unknown = set(schema) - KEYS[kind]
        if unknown:
            raise Refused(where, f"keyword {sorted(unknown)[0]!r} is not understood for {kind}")
        if not isinstance(schema.get("description", ""), str):
            raise Refused(where, "description is text")
        if not schema.get("description") and (is_top or kind not in ("object",)):
            if not where.endswith("/schema") or kind in ("object", "array"):
                raise Refused(where, "missing description")
        getattr(self, "_check_" + kind)(where, schema)

    def _check_boolean(self, where, schema):
        pass

    def _check_integer(self, where, schema):
        for name in ("minimum", "maximum"):
            if type(schema.get(name)) is not int:
                raise Refused(where, f"an integer needs a {name}")
            if not -INT64_MAX - 1 <= schema[name] <= INT64_MAX:
                raise Refused(where, f"{name} is beyond 64 bits")
        if schema["minimum"] > schema["maximum"]:
            raise Refused(where, "minimum is above maximum")
        if "default" in schema:
            if type(schema["default"]) is not int or not (
                    schema["minimum"] <= schema["default"] <= schema["maximum"]):
                raise Refused(where, "default is not within minimum and maximum")

    def _check_string(self, where, schema):
        if "format" in schema:
            if schema["format"] not in FORMATS:
                raise Refused(where, f"format {schema['format']!r} is not understood")
            mixed = set(schema) & {"enum", "minLength", "maxLength", "pattern", "default"}
            if mixed:
                raise Refused(where, f"{sorted(mixed)[0]} does not go with format")
        if "x-new" in schema and (schema["x-new"] is not True or
                                  schema.get("format") not in ("account_id", "transfer_id")):
            raise Refused(where, "x-new is true, on the format of an id")
        if "enum" in schema:
            self._check_enum(where, schema)
        elif {"x-values", "x-bits", "default"} & set(schema):
            raise Refused(where, "x-values, x-bits and default go with enum")
        for name in ("minLength", "maxLength"):
            if name in schema and (type(schema[name]) is not int or
                                   not 0 <= schema[name] <= 65536):
                raise Refused(where, f"{name} is a number from 0 to 65536")
        if schema.get("minLength", 0) > schema.get("maxLength", 65536):
            raise Refused(where, "minLength is above maxLength")
        if "pattern" in schema:
            if not isinstance(schema["pattern"], str) or charset_of(schema["pattern"]) is None:
                raise Refused(where, "pattern is not of the form ^[characters]+$")
            if "maxLength" not in schema:
                raise Refused(where, "a pattern needs a maxLength")

    def _check_enum(self, where, schema):
        values = schema["enum"]
        if not isinstance(values, list) or not values:
            raise Refused(where, "enum is a list that is not empty")
        for value in values:
            if not isinstance(value, str) or not ENUM_VALUE.match(value):
                raise Refused(where, f"enum value {value!r} is not snake_case text")
        if len(set(values)) != len(values):
            raise Refused(where, "an enum value appears twice")
        if "x-values" in schema and "x-bits" in schema:
            raise Refused(where, "either x-values or x-bits")
        for name in ("x-values", "x-bits"):
            if name not in schema:
                continue
            numbers = schema[name]
            top = 1 << 30 if name == "x-bits" else 65535
            if not isinstance(numbers, list) or len(numbers) != len(values) or any(
                    type(n) is not int or n < 0 or n > top for n in numbers):
                raise Refused(where, f"{name} gives each value a number from 0 to {top}")
            if len(set(numbers)) != len(numbers):
                raise Refused(where, f"{name} gives a number twice")
            if name == "x-bits" and any(n == 0 or n & (n - 1) for n in numbers):
                raise Refused(where, "x-bits are powers of two")
        if "default" in schema and schema["default"] not in values:
            raise Refused(where, "default is not one of the values")

    def _check_array(self, where, schema):
        if "items" not in schema:
            raise Refused(where, "an array needs items")
        if type(schema.get("maxItems")) is not int or schema["maxItems"] < 1:
            raise Refused(where, "an array needs a maxItems")
        if type(schema.get("minItems", 0)) is not int or not (
                0 <= schema.get("minItems", 0) <= schema["maxItems"]):
            raise Refused(where, "minItems is not within 0 and maxItems")
        self.check(f"{where}/items", schema["items"])

    def _check_object(self, where, schema):
        if schema.get("additionalProperties") is True:
            if "properties" in schema or "required" in schema:
                raise Refused(where, "an open object lists no properties")
            return
        if schema.get("additionalProperties") is not False:
            raise Refused(where, "an object needs additionalProperties: false")
        properties = schema.get("properties")
        if not isinstance(properties, dict) or not properties:
            raise Refused(where, "an object needs properties")
        if len(properties) > 64:
            raise Refused(where, "more than 64 properties")
        required = schema.get("required")
        if not isinstance(required, list):
            raise Refused(where, "an object says which properties are required, perhaps none")
        for name in required:
            if name not in properties:
                raise Refused(where, f"required property {name!r} is not described")
        if len(set(required)) != len(required):
            raise Refused(where, "a property is required twice")
        for name, value in properties.items():
            if not isinstance(name, str) or not NAME.match(name):
                raise Refused(f"{where}/{name}", "a property's name is in snake_case")
            self.check(f"{where}/{name}", value)

    def _refuse_cycles(self):
        done = set()

        def visit(name, path):
            if name in path:
                raise Refused(f"{self.path}/{name}", "a schema contains itself")
            if name in done:
                return
            for child in self._children(self.named[name]):
                visit(child, path + [name])
            done.add(name)

        for name in self.named:
            visit(name, [])

    def _children(self, schema):
        if "$ref" in schema:
            return [self.resolve(schema)[0]]
        found = []
        for value in schema.get("properties", {}).values():
            found += self._children(value)
        if "items" in schema:
            found += self._children(schema["items"])
        return found

    # ---- validation of values: a list of (pointer, code, message) ----

    def faults(self, schema, value, pointer=""):
        """What is wrong with the value; [] if nothing. Codes are those of api/errors.yaml."""
        _, schema = self.resolve(schema)
        kind, nullable = type_of(schema)
        if value is None and nullable:
            return []
        return getattr(self, "_faults_" + kind)(schema, value, pointer)

    def _faults_boolean(self, schema, value, pointer):
        return [] if isinstance(value, bool) else [(pointer, "field_type_invalid", "not true or false")]

    def _faults_integer(self, schema, value, pointer):
        if type(value) is not int:
            return [(pointer, "field_type_invalid", f"{value!r} is not a whole number")]
        if not schema["minimum"] <= value <= schema["maximum"]:
            return [(pointer, "field_out_of_range", f"{value} is out of range")]
        return []

    def _faults_string(self, schema, value, pointer):
        if not isinstance(value, str):
            return [(pointer, "field_type_invalid", f"{value!r} is not text")]
        if "enum" in schema and value not in schema["enum"]:
            return [(pointer, "field_value_invalid", f"{value!r} is not on the list")]
        if "format" in schema:
            code = format_fault(schema["format"], value)
            return [(pointer, code, f"{value!r} is not a {schema['format']}")] if code else []
        length = len(value.encode("utf-8"))
        if not schema.get("minLength", 0) <= length <= schema.get("maxLength", INT64_MAX):
            return [(pointer, "field_out_of_range", "too short or too long")]
        if "pattern" in schema and (not value or set(value) - charset_of(schema["pattern"])):
            return [(pointer, "field_format_invalid", "a character is not allowed")]
        return []

    def _faults_array(self, schema, value, pointer):
        if not isinstance(value, list):
            return [(pointer, "field_type_invalid", "not a list")]
        if not schema.get("minItems", 0) <= len(value) <= schema["maxItems"]:
            return [(pointer, "field_out_of_range", "too few or too many items")]
        found = []
        for index, item in enumerate(value):
            found += self.faults(schema["items"], item, f"{pointer}/{index}")
        return found

    def _faults_object(self, schema, value, pointer):
        if not isinstance(value, dict):
            return [(pointer, "field_type_invalid", "not an object")]
        if schema["additionalProperties"] is True:
            return []
        found = []
        for name in value:
            if name not in schema["properties"]:
                found.append((f"{pointer}/{name}", "field_unknown", "not known"))
        for name in schema["required"]:
            if name not in value:
                found.append((f"{pointer}/{name}", "field_required", "missing"))
        for name, item in value.items():
            if name in schema["properties"]:
                found += self.faults(schema["properties"][name], item, f"{pointer}/{name}")
        return found


def format_fault(name, value):
    """The code of the error, or None if the text is of that format."""
    if name in ID_PREFIXES:
        prefix = ID_PREFIXES[name] + "_"
        digits = value[len(prefix):]
        if value.startswith(prefix) and ID_DIGITS.match(digits) and digits.strip("0"):
            return None
        return "cursor_invalid" if name == "cursor" else "id_malformed"
    if name == "currency":
        return None if value in CURRENCIES else "currency_unknown"
    if name == "hash":
        return None if HASH.match(value) else "field_format_invalid"
    if name == "int64":
        if not re.fullmatch(r"0|[1-9][0-9]{0,18}", value):
            return "field_format_invalid"
        return None if int(value) <= INT64_MAX else "field_out_of_range"
    match = TIME.match(value)
    if not match:
        return "field_format_invalid"
    try:
        moment = datetime.datetime.fromisoformat(
            value[:19] + "+00:00" if match.group(8) == "Z" else value[:19] + match.group(8))
        return None if moment.astimezone(datetime.timezone.utc).year >= 1970 else "field_format_invalid"
    except (ValueError, OverflowError):
        return "field_format_invalid"

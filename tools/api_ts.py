"""api_ts.py: writes the TypeScript types of the contract and a function an operation.

Each function makes a Call: method, path, parameters, body, and the type of its answer. How it
travels (keys, time-outs, problems) is the transport's. Nothing is imported, and a function that no
page uses is left out of the bundle.
"""
import json
import re

from api_c import snake
from api_schema import type_of

TEXT_FORMATS = {"account_id": "AccountId", "transfer_id": "TransferId", "api_key_id": "ApiKeyId",
                "cursor": "Cursor", "currency": "CurrencyCode", "date-time": "Timestamp",
                "hash": "Hash", "int64": "Digits", "person_id": "PersonId",
                "contact_id": "ContactId", "session_id": "SessionId", "device_id": "DeviceId",
                "code_id": "CodeId", "recovery_id": "RecoveryId",
                "verification_id": "VerificationId", "review_id": "ReviewId", "card_id": "CardId",
                "lock_id": "LockId", "approval_id": "ApprovalId",
                "message_id": "MessageId", "delivery_id": "DeliveryId"}
JSON = "application/json"
ALIASES = [
    ("AccountId", "`acc_` and 13 Crockford base32 digits"),
    ("TransferId", "`tr_` and 13 Crockford base32 digits"),
    ("ApiKeyId", "`key_` and 13 Crockford base32 digits"),
    ("PersonId", "`per_` and 13 Crockford base32 digits"),
    ("ContactId", "`con_` and 13 Crockford base32 digits"),
    ("SessionId", "`ses_` and 13 Crockford base32 digits"),
    ("DeviceId", "`dev_` and 13 Crockford base32 digits"),
    ("RecoveryId", "`rcv_` and 13 Crockford base32 digits"),
    ("CodeId", "`otc_` and 13 Crockford base32 digits"),
    ("VerificationId", "`ver_` and 13 Crockford base32 digits"),
    ("ReviewId", "`rev_` and 13 Crockford base32 digits"),
    ("CardId", "`card_` and 13 Crockford base32 digits"),
    ("LockId", "`lck_` and 13 Crockford base32 digits"),
    ("ApprovalId", "`apr_` and 13 Crockford base32 digits"),
    ("MessageId", "`msg_` and 13 Crockford base32 digits"),
    ("DeliveryId", "`dlv_` and 13 Crockford base32 digits"),
    ("Cursor", "Opaque: `next_cursor` of the page before"),
    ("CurrencyCode", "ISO 4217, upper case"),
    ("Timestamp", "RFC 3339, answers in UTC with microseconds"),
    ("Hash", "32 bytes as 64 lower-case hex digits"),
    ("Digits", "A whole number up to 2^63 - 1, as text so that no digit is lost"),
]


def text(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def camel(name):
    return re.sub(r"_([a-z0-9])", lambda m: m.group(1).upper(), name)


def doc(description, indent):
    description = " ".join(description.split()).replace("*/", "*\\/")
    return [f"{indent}/** {description} */"] if description else []


class TypeScript:
    def __init__(self, api):
        self.api = api

    def type_of(self, raw):
        name, schema = self.api.schemas.resolve(raw)
        if name is not None:
            return name
        kind, nullable = type_of(schema)
        if kind == "string":
            if "enum" in schema:
                found = " | ".join(text(v) for v in schema["enum"])
            else:
                found = TEXT_FORMATS.get(schema.get("format"), "string")
        elif kind == "array":
            item = self.type_of(schema["items"])
            found = f"({item})[]" if " | " in item else f"{item}[]"
        else:
            found = {"integer": "number", "boolean": "boolean"}[kind]
        return f"{found} | null" if nullable else found

    def schema(self, name, schema):
        lines = doc(schema["description"], "")
        if schema["type"] != "object":
            return lines + [f"export type {name} = {self.type_of(schema)};", ""]
        if schema["additionalProperties"] is True:
            return lines + [f"export type {name} = Record<string, unknown>;", ""]
        lines.append(f"export interface {name} {{")
        for key, raw in schema["properties"].items():
            described = raw.get("description", "") if "$ref" not in raw else ""
            lines += doc(described, "  ")
            mark = "" if key in schema["required"] else "?"
            lines.append(f"  {key}{mark}: {self.type_of(raw)};")
        return lines + ["}", ""]

    def inputs(self, operation):
        """[(name, type, required, description, place)] of what a call takes"""
        found = []
        for parameter in operation.parameters:
            found.append((parameter.c_name, self.type_of(parameter.raw_schema),
                          parameter.required, parameter.description, parameter))
        return found

    def body_type(self, operation):
        if not operation.body:
            return None
        media, _ = next(iter(operation.body.values()))
        return self.type_of(media)

    def operation(self, operation):
        name = camel(operation.name)
        inputs, body = self.inputs(operation), self.body_type(operation)
        interface, arguments = [], []
        if inputs:
            type_name = name[0].upper() + name[1:] + "Input"
            interface.append(f"export interface {type_name} {{")
            for key, kind, required, description, _ in inputs:
                interface += doc(description, "  ")
                interface.append(f"  {key}{'' if required else '?'}: {kind};")
            interface += ["}", ""]
            optional = not any(i[2] for i in inputs)
            arguments.append(f"input: {type_name}{' = {}' if optional else ''}")
        if body:
            arguments.insert(1 if inputs and any(i[2] for i in inputs) else 0, f"body: {body}")
        answer = self.type_of(operation.answer_schema)
        lines = doc(f"{operation.method.upper()} {operation.path}: {operation.summary}", "")
        lines.append(f"export function {name}({', '.join(arguments)}): Call<{answer}> {{")
        lines.append("  return {")
        lines.append(f"    method: {text(operation.method.upper())},")
        lines.append(f"    path: {self.path(operation)},")
        for place, member in (("query", "query"), ("header", "headers")):
            parameters = operation.params(place)
            if parameters:
                pairs = ", ".join(f"{self.key(p.name)}: input.{p.c_name}" for p in parameters)
                lines.append(f"    {member}: {{ {pairs} }},")
        if body:
            lines.append("    body,")
            if next(iter(operation.body)) != JSON:
                lines.append(f"    contentType: {text(next(iter(operation.body)))},")
        if operation.answer_type != JSON:
            lines.append(f"    accept: {text(operation.answer_type)},")
        writes = operation.method in ("post", "put") and operation.tag == "transfers"
        if writes:
            lines.append("    movesMoney: true,")
        lines += ["  };", "}"]
        return interface, lines

    @staticmethod
    def key(name):
        return name if re.fullmatch(r"[a-z_]+", name) else text(name)

    @staticmethod
    def path(operation):
        if not operation.params("path"):
            return text(operation.path)
        path = operation.path
        for parameter in operation.params("path"):
            value = f"input.{parameter.c_name}"
            # The rest of a path keeps its slashes; a segment may hold none.
            value = value if parameter.is_rest else f"encodeURIComponent({value})"
            path = path.replace("{" + parameter.name + "}", "${" + value + "}")
        return "`" + path + "`"


def typescript(api):
    writer = TypeScript(api)
    lines = [
        "/* Generated by tools/gen_api.py from api/openapi.yaml and api/errors.yaml. Do not edit. */",
        "/* oxlint-disable */", "",
    ]
    for alias, description in ALIASES:
        lines += [f"/** {description} */", f"export type {alias} = string;"]
    lines.append("")
    for name, schema in api.schemas.named.items():
        lines += writer.schema(name, schema)
    interfaces, methods = [], []
    for operation in api.operations:
        interface, method = writer.operation(operation)
        interfaces += interface
        methods += method
    lines += interfaces
    lines += [
        "/** One request, answered by a T, as the transport gets it; undefined members are left out. */",
        "export interface Call<T = unknown> {",
        "  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';",
        "  path: string;",
        "  query?: Record<string, string | number | boolean | undefined>;",
        "  headers?: Record<string, string | number | undefined>;",
        "  body?: unknown;",
        "  /** Of the body and of the answer; left out it is application/json. */",
        "  contentType?: string;",
        "  accept?: string;",
        "  /** No answer then means that the outcome is unknown, never that it failed. */",
        "  movesMoney?: boolean;",
        "  /** Never set: it carries the type of the answer. */",
        "  readonly answer?: T;",
        "}",
        "",
    ]
    lines += methods
    lines.append("")
    codes = sorted(api.errors)
    lines.append("/** Every code that a Problem may carry. */")
    lines.append("export type ErrorCode =")
    lines += [f"  | {text(code)}" for code in codes[:-1]]
    lines += [f"  | {text(codes[-1])};", ""]
    lines.append("/** What each error says and advises, in both languages. */")
    lines.append("export const ERROR_TEXTS: Record<ErrorCode, {")
    lines.append("  number: number; title: { en: string; zh: string }; fix: { en: string; zh: string };")
    lines.append("}> = {")
    for code in codes:
        error = api.errors[code]
        title = json.dumps(error["title"], ensure_ascii=False)
        fix = json.dumps(error["fix"], ensure_ascii=False)
        lines.append(f"  {code}: {{ number: {error['number']}, title: {title}, fix: {fix} }},")
    lines.append("};")
    return lines


__all__ = ["typescript", "camel", "snake"]

"""api_model.py: reads and checks api/openapi.yaml; what gen_api.py and the contract tests build on.

Everything that is not understood is refused with its place in the document. The subset and the
x- extensions are described in docs/api-source.md.
"""
import os
import re

from api_schema import ID_PREFIXES, Schemas, type_of
from gen_errors import read_errors
from strict_yaml import Refused, load

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
METHODS = ("get", "post", "put", "delete")
TOP_KEYS = {"openapi", "info", "tags", "components", "x-fixtures", "paths"}
OPERATION_KEYS = {"operationId", "tags", "summary", "description", "x-zh", "security", "parameters",
                  "requestBody", "responses", "x-errors", "x-examples", "x-ungated", "x-session",
                  "x-repeatable"}
EXAMPLE_KEYS = {"name", "request", "status", "code", "field", "charged", "expect", "response",
                "response_text", "tested_by"}
REQUEST_KEYS = {"key", "path", "query", "raw_query", "headers", "body", "raw", "raw_hex",
                "content_type", "retry", "stream"}
KEPT_HEADERS = {"Idempotency-Key": "HTTP_IDEMPOTENCY_KEY", "Last-Event-ID": "HTTP_LAST_EVENT_ID",
                "Confirmation": "HTTP_CONFIRMATION", "X-Access-Reason": "HTTP_ACCESS_REASON",
                "X-App-Version": "HTTP_APP_VERSION"}
CALLERS = ("api_key", "session", "staff")
# What a session may be for an operation that takes people: x-session.
SESSION_STATES = {"full": ("full",), "limited": ("full", "locked", "signing_up"),
                  "signing_in": ("full", "locked", "signing_up", "signing_in")}
BODY_TYPES = ("application/json", "application/x-ndjson", "text/plain")
ANSWER_TYPES = ("application/json", "application/x-ndjson", "text/plain", "text/html", "application/octet-stream", "text/event-stream")
KEYS_OF_TESTS = ("admin", "reader", "none", "wrong", "person", "other_person", "staff", "staff_plain", "minted", "minted_other", "minted_thawing",
                 "leaving",
                 "signing_up", "signing_up_2", "signing_up_3", "signing_up_waited", "wrong_session", "reporting", "listening",
                 "factors", "weak", "signing_in_passkey", "claiming")
# Faults of http itself, which any operation may answer with.
COMMON_ERRORS = {
    "malformed_json", "json_too_deep", "body_too_large", "headers_too_large",
    "unsupported_media_type", "method_not_allowed", "not_found", "unauthorized",
    "insufficient_scope", "idempotency_key_required", "idempotency_key_invalid",
    "idempotency_key_reused", "rate_limited", "field_required", "field_unknown", "field_type_invalid", "field_out_of_range",
    "field_format_invalid", "field_value_invalid", "field_duplicate", "batch_empty",
    "batch_too_large", "id_malformed", "currency_unknown", "text_not_utf8", "internal",
    "request_malformed", "uri_too_long",
    "host_invalid", "encoding_not_supported", "store_busy", "store_unavailable", "store_read_only", "store_stopping", "outcome_unknown",
    "not_signed_in", "cross_origin_refused", "session_limited", "caller_not_allowed",
    "capability_missing", "app_outdated",
}


def need_keys(where, mapping, allowed, required=()):
    if not isinstance(mapping, dict):
        raise Refused(where, "not a mapping")
    unknown = [k for k in mapping if k not in allowed]
    if unknown:
        raise Refused(where, f"key {unknown[0]!r} is not understood")
    for key in required:
        if key not in mapping:
            raise Refused(where, f"missing {key}")


def need_text(where, mapping, *names):
    for name in names:
        value = mapping.get(name)
        if not isinstance(value, str) or not value.strip():
            raise Refused(where, f"missing {name}")


def operation_name(path, method, rest_names=()):
    """The name that follows from the URL; see the head of api/openapi.yaml."""
    parts = []
    for segment in path.strip("/").split("/"):
        if segment == "v1" and not parts:
            continue
        if segment.strip("{}") in rest_names:
            continue
        parts.append("id" if segment.startswith("{") else segment.replace("-", "_"))
    return "_".join(parts + [method])


class Parameter:
    def __init__(self, raw, schema):
        self.name = raw["name"]
        self.where = raw["in"]
        self.required = raw["required"]
        self.description = raw["description"]
        self.zh = raw.get("x-zh", "")
        self.is_rest = raw.get("x-rest", False)
        self.raw_schema = raw["schema"]
        self.schema = schema

    @property
    def c_name(self):
        return self.name.lower().replace("-", "_")


class Operation:
    def __init__(self, path, method, raw):
        self.path = path
        self.method = method
        rest = [p["name"] for p in raw.get("parameters", []) if p.get("x-rest")]
        self.name = operation_name(path, method, rest)
        self.raw = raw
        self.summary = raw["summary"]
        self.description = raw["description"]
        self.zh = raw["x-zh"]
        self.tag = raw["tags"][0]
        self.errors = raw["x-errors"]
        self.examples = raw["x-examples"]
        self.is_ungated = raw.get("x-ungated", False)
        self.is_public = False
        self.callers = []       # of CALLERS; empty: public
        self.scopes = []        # of API keys
        self.capabilities = []  # of staff
        self.sessions = ()      # the states that a session may be in
        self.is_repeatable = raw.get("x-repeatable", False)
        self.parameters = []
        self.body = None  # {content type: (schema, lines_of)}
        self.body_bytes_max = 0
        self.status = 200  # of success
        self.answer_type = None
        self.answer_schema = None

    def params(self, where):
        return [p for p in self.parameters if p.where == where]

    @property
    def route_path(self):
        path = self.path
        for parameter in self.params("path"):
            if parameter.is_rest:
                path = path.replace("{" + parameter.name + "}", "{" + parameter.name + "...}")
        return path


class Api:
    def __init__(self, path, errors_path):
        self.file = path
        document = load(path)
        need_keys(path, document, TOP_KEYS, TOP_KEYS)
        if document["openapi"] != "3.1.0":
            raise Refused(f"{path}: openapi", "only 3.1.0 is understood")
        self.info = document["info"]
        need_keys(f"{path}: info", self.info, {"title", "version", "description", "x-zh", "license"},
                  ("title", "version", "description", "x-zh", "license"))
        self.errors = {e["code"]: e for e in read_errors(errors_path)}
        components = document["components"]
        names = {"securitySchemes", "parameters", "responses", "schemas"}
        need_keys(f"{path}: components", components, names, names)
        self.schemas = Schemas(f"{path}: components/schemas", components["schemas"])
        self._read_scopes(components["securitySchemes"])
        self._raw_parameters = components["parameters"]
        self._read_responses(components["responses"])
        self._read_tags(document["tags"])
        self.operations = []
        self._read_paths(document["paths"])
        self.by_name = {o.name: o for o in self.operations}
        self.fixtures = document["x-fixtures"]
        self._check_fixtures()
        self._refuse_unused()

    # ---- components ----

    def _read_scopes(self, schemes):
        where = f"{self.file}: components/securitySchemes"
        need_keys(where, schemes, CALLERS, CALLERS)
        need_keys(f"{where}/api_key", schemes["api_key"],
                  {"type", "scheme", "description", "x-scopes"}, ("x-scopes",))
        need_keys(f"{where}/session", schemes["session"], {"type", "in", "name", "description"})
        need_keys(f"{where}/staff", schemes["staff"],
                  {"type", "in", "name", "description", "x-capabilities"}, ("x-capabilities",))
        self.scopes = schemes["api_key"]["x-scopes"]
        self.scope_bits = self._bits_of(where, "KeyScope", self.scopes)
        self.capabilities = schemes["staff"]["x-capabilities"]
        self.capability_bits = self._bits_of(where, "StaffCapability", self.capabilities)

    def _bits_of(self, where, name, listed):
        schema = self.schemas.named.get(name, {})
        if list(listed) != schema.get("enum"):
            raise Refused(where, f"the list here and the schema {name} differ")
        return dict(zip(schema["enum"], schema["x-bits"]))

    def _read_responses(self, responses):
        where = f"{self.file}: components/responses"
        need_keys(where, responses, {"Problem"}, ("Problem",))

    def _read_tags(self, tags):
        self.tags = {}
        for tag in tags:
            where = f"{self.file}: tags"
            need_keys(where, tag, {"name", "description", "x-zh"}, ("name", "description", "x-zh"))
            self.tags[tag["name"]] = tag

    # ---- paths ----

    def _read_paths(self, paths):
        for path, methods in paths.items():
            where = f"{self.file}: paths/{path}"
            if not re.fullmatch(r"(/[a-z0-9.-]+|/\{[a-z_]+\})+", path):
                raise Refused(where, "a path is made of lower-case segments and {parameters}")
            need_keys(where, methods, METHODS)
            for method, raw in methods.items():
                self.operations.append(self._read_operation(f"{where}/{method}", path, method, raw))
        names = [o.name for o in self.operations]
        for name in names:
            if names.count(name) > 1:
                raise Refused(f"{self.file}: paths", f"two operations are called {name}")

    def _read_operation(self, where, path, method, raw):
        need_keys(where, raw, OPERATION_KEYS,
                  ("operationId", "tags", "summary", "description", "x-zh", "security", "responses",
                   "x-errors", "x-examples"))
        need_text(where, raw, "summary", "description", "x-zh")
        operation = Operation(path, method, raw)
        if raw["operationId"] != operation.name:
            raise Refused(where, f"operationId is {raw['operationId']!r}, by the rule it is "
                                 f"{operation.name!r}")
        if not isinstance(raw["tags"], list) or len(raw["tags"]) != 1 or (
                raw["tags"][0] not in self.tags):
            raise Refused(where, "tags names one tag of the document")
        if raw.get("x-ungated", True) is not True:
            raise Refused(where, "x-ungated is true or missing")
        self._read_security(where, operation, raw["security"])
        self._read_parameters(where, operation, raw.get("parameters", []))
        self._read_body(where, operation, raw.get("requestBody"))
        self._read_answers(where, operation, raw["responses"])
        self._check_errors(where, operation)
        self._check_examples(where, operation)
        return operation

    def _read_security(self, where, operation, security):
        if "x-session" in operation.raw and {"session": []} not in (security or []):
            raise Refused(where, "x-session goes with the security session")
        if security == []:
            operation.is_public = True
            return
        if not isinstance(security, list) or not security:
            raise Refused(where, "security is [] or a list of who may call")
        for item in security:
            need_keys(f"{where}/security", item, CALLERS)
            if len(item) != 1:
                raise Refused(f"{where}/security", "one caller an item; several items are alternatives")
            (caller, wanted), = item.items()
            if caller in operation.callers:
                raise Refused(f"{where}/security", f"{caller} is listed twice")
            operation.callers.append(caller)
            self._read_wanted(f"{where}/security", operation, caller, wanted)
        if "session" in operation.callers or "staff" in operation.callers:
            name = operation.raw.get("x-session", "full")
            if name not in SESSION_STATES:
                raise Refused(where, f"x-session is one of {', '.join(SESSION_STATES)}")
            operation.sessions = SESSION_STATES[name]

    def _read_wanted(self, where, operation, caller, wanted):
        known = {"api_key": self.scopes, "staff": self.capabilities, "session": {}}[caller]
        for name in wanted:
            if name not in known:
                kind = "capability" if caller == "staff" else "scope"
                raise Refused(where, f"no such {kind}: {name!r}")
        if caller == "api_key":
            operation.scopes = list(wanted)
        elif caller == "staff":
            operation.capabilities = list(wanted)

    def _resolve_parameter(self, where, raw):
        if "$ref" not in raw:
            return raw
        match = re.fullmatch(r"#/components/parameters/(\w+)", str(raw["$ref"]))
        if set(raw) != {"$ref"} or not match or match.group(1) not in self._raw_parameters:
            raise Refused(where, f"no such parameter: {raw['$ref']!r}")
        return self._raw_parameters[match.group(1)]

    def _read_parameters(self, where, operation, raw_list):
        in_path = re.findall(r"\{([a-z_]+)\}", operation.path)
        for index, raw in enumerate(raw_list):
            at = f"{where}/parameters[{index}]"
            raw = self._resolve_parameter(at, raw)
            need_keys(at, raw, {"name", "in", "required", "description", "x-zh", "schema", "x-rest"},
                      ("name", "in", "required", "schema"))
            need_text(at, raw, "name", "description")
            self.schemas.check(f"{at}/schema", raw["schema"])
            _, schema = self.schemas.resolve(raw["schema"])
            if type_of(schema) not in (("string", False), ("integer", False), ("boolean", False)):
                raise Refused(at, "a parameter is text, a number or true/false")
            if raw["in"] not in ("path", "query", "header") or type(raw["required"]) is not bool:
                raise Refused(at, "a parameter is in path, query or header, required or not")
            if raw["in"] == "header" and raw["name"] not in KEPT_HEADERS:
                raise Refused(at, f"http keeps no header {raw['name']!r}")
            if raw["in"] == "path" and (raw["name"] not in in_path or not raw["required"]):
                raise Refused(at, "a path parameter stands in the path and is required")
            if raw.get("x-rest") and not operation.path.endswith("/{" + raw["name"] + "}"):
                raise Refused(at, "x-rest is for the last segment of the path")
            operation.parameters.append(Parameter(raw, schema))
        names = [p.c_name for p in operation.parameters]
        if len(set(names)) != len(names):
            raise Refused(where, "a parameter appears twice")
        if [p.name for p in operation.params("path")] != in_path:
            raise Refused(where, "path parameters are listed in the order of the path")
        is_post = operation.method == "post" and operation.path.startswith("/v1/")
        if operation.is_repeatable not in (False, True) or (
                operation.is_repeatable and (not is_post or operation.is_public)):
            raise Refused(where, "x-repeatable is true, on a POST under /v1 that is not public")
        wants_key = is_post and not operation.is_repeatable and not operation.is_public
        if wants_key != ("idempotency_key" in names):
            raise Refused(where, "every POST under /v1 takes an Idempotency-Key, unless it is public "
                                 "or x-repeatable; nothing else does")

    def _read_body(self, where, operation, body):
        if body is None:
            if operation.method in ("post", "put"):
                raise Refused(where, "POST and PUT have a requestBody")
            return
        at = f"{where}/requestBody"
        if operation.method not in ("post", "put"):
            raise Refused(at, "only POST and PUT have one")
        need_keys(at, body, {"required", "content", "x-bytes-max"},
                  ("required", "content", "x-bytes-max"))
        if body["required"] is not True:
            raise Refused(at, "required is true")
        if type(body["x-bytes-max"]) is not int or not 1 <= body["x-bytes-max"] <= 64 << 20:
            raise Refused(at, "x-bytes-max is a number of bytes, at most 64 MiB")
        operation.body_bytes_max = body["x-bytes-max"]
        operation.body = {}
        for content_type, media in body["content"].items():
            self._read_media(f"{at}/{content_type}", operation, content_type, media)

    def _read_media(self, where, operation, content_type, media):
        if content_type not in BODY_TYPES:
            raise Refused(where, "this content type is not understood")
        need_keys(where, media, {"schema", "x-lines-of"}, ("schema",))
        self.schemas.check(f"{where}/schema", media["schema"])
        name, schema = self.schemas.resolve(media["schema"])
        lines_of = media.get("x-lines-of")
        if content_type == "text/plain":
            if type_of(schema) != ("string", False):
                raise Refused(where, "a text body is of type string")
        elif name is None or schema["type"] != "object" or schema["additionalProperties"] is True:
            raise Refused(where, "a JSON body refers to a named, closed object")
        if (content_type == "application/x-ndjson") != (lines_of is not None):
            raise Refused(where, "x-lines-of goes with application/x-ndjson")
        if lines_of is not None:
            whole = operation.body.get("application/json")
            target = whole and self.schemas.resolve(whole[0])[1]["properties"].get(lines_of)
            if not target or target.get("items") != media["schema"]:
                raise Refused(where, "x-lines-of names the list of the JSON body with these items")
        operation.body[content_type] = (media["schema"], lines_of)

    def _read_answers(self, where, operation, responses):
        successes = [s for s in responses if s != "default"]
        if len(successes) != 1 or not re.fullmatch(r"20[0-4]", str(successes[0])):
            raise Refused(f"{where}/responses", "one success and default")
        if responses.get("default", {"$ref": "#/components/responses/Problem"}) != {
                "$ref": "#/components/responses/Problem"}:
            raise Refused(f"{where}/responses", "default is the Problem")
        if "default" not in responses and operation.errors:
            raise Refused(f"{where}/responses", "an operation with errors has a default")
        success = responses[successes[0]]
        at = f"{where}/responses/{successes[0]}"
        need_keys(at, success, {"description", "content"}, ("description", "content"))
        if len(success["content"]) != 1:
            raise Refused(at, "one content type")
        operation.status = int(successes[0])
        operation.answer_type = next(iter(success["content"]))
        if operation.answer_type not in ANSWER_TYPES:
            raise Refused(at, "this content type is not understood")
        media = success["content"][operation.answer_type]
        need_keys(at, media, {"schema"}, ("schema",))
        self.schemas.check(f"{at}/schema", media["schema"])
        operation.answer_schema = media["schema"]
        if operation.answer_type == "application/json" and "$ref" not in media["schema"]:
            raise Refused(at, "a JSON answer refers to a named schema")

    def _check_errors(self, where, operation):
        if not isinstance(operation.errors, list):
            raise Refused(where, "x-errors is a list")
        for code in operation.errors:
            if code not in self.errors:
                raise Refused(f"{where}/x-errors", f"no such error: {code!r}")
            if self.errors[code]["http"] == 0:
                raise Refused(f"{where}/x-errors", f"{code} never travels over HTTP")

    # ---- examples ----

    def _check_examples(self, where, operation):
        examples = operation.examples
        if not isinstance(examples, list) or not examples:
            raise Refused(where, "an operation needs x-examples")
        names = set()
        for index, example in enumerate(examples):
            at = f"{where}/x-examples[{index}]"
            need_keys(at, example, EXAMPLE_KEYS, ("name",))
            if not re.fullmatch(r"[a-z][a-z0-9_]*", str(example["name"])):
                raise Refused(at, "a name is in snake_case")
            if example["name"] in names:
                raise Refused(at, "two examples have this name")
            names.add(example["name"])
            self._check_example(at, operation, example)
        if not any("response" in e or "response_text" in e for e in examples):
            raise Refused(where, "one example shows a response")

    def _check_example(self, where, operation, example):
        request = example.get("request", {})
        need_keys(f"{where}/request", request, REQUEST_KEYS)
        if request.get("key", "admin") not in KEYS_OF_TESTS:
            raise Refused(where, f"no such key: {request['key']!r}")
        if len({"body", "raw", "raw_hex"} & set(request)) > 1:
            raise Refused(where, "one of body, raw and raw_hex")
        path_names = {p.name for p in operation.params("path")}
        if set(request.get("path", {})) != path_names:
            raise Refused(where, "request.path gives each path parameter a value")
        if "status" in example:
            self._check_failing(where, operation, example)
            return
        if "tested_by" in example and not os.path.isfile(os.path.join(ROOT, example["tested_by"])):
            raise Refused(where, "tested_by names a test that is there")
        if "code" in example or "field" in example or "charged" in example:
            raise Refused(where, "code, field and charged go with a status")
        if "body" in request:
            schema, _ = operation.body["application/json"]
            self._refuse_faults(f"{where}/request/body", schema, request["body"])
        if operation.body and not {"body", "raw"} & set(request):
            raise Refused(where, "the request has no body")
        known = {p.name for p in operation.params("query")}
        if set(request.get("query", {})) - known:
            raise Refused(where, "request.query has an unknown parameter")
        for pointer in example.get("expect", {}):
            if not pointer.startswith("/"):
                raise Refused(where, f"expect: {pointer!r} is not a JSON pointer")
        if "response" in example:
            if operation.answer_type != "application/json":
                raise Refused(where, "the answer is not JSON: use response_text")
            self._refuse_faults(f"{where}/response", operation.answer_schema, example["response"])

    def _check_failing(self, where, operation, example):
        code = example.get("code")
        if code not in self.errors:
            raise Refused(where, f"no such error: {code!r}")
        if self.errors[code]["http"] != example["status"]:
            raise Refused(where, f"{code} has status {self.errors[code]['http']}")
        if code not in COMMON_ERRORS and code not in operation.errors:
            raise Refused(where, f"{code} is not among x-errors")
        if "response" in example or "expect" in example:
            raise Refused(where, "a failing example shows no response")

    def _refuse_faults(self, where, schema, value):
        for pointer, code, message in self.schemas.faults(schema, value):
            raise Refused(f"{where}{pointer}", f"{code}: {message}")

    def _check_fixtures(self):
        for index, fixture in enumerate(self.fixtures):
            where = f"{self.file}: x-fixtures[{index}]"
            need_keys(where, fixture, {"operation", "headers", "body", "key"}, ("operation", "body"))
            operation = self.by_name.get(fixture["operation"])
            if operation is None or operation.params("path"):
                raise Refused(where, "operation names one without path parameters")
            self._refuse_faults(where, operation.body["application/json"][0], fixture["body"])

    def _refuse_unused(self):
        used = {"Problem", "FieldError", "KeyScope", "StaffCapability"}

        def visit(schema):
            if "$ref" in schema:
                name, schema = self.schemas.resolve(schema)
                used.add(name)
            for value in schema.get("properties", {}).values():
                visit(value)
            if "items" in schema:
                visit(schema["items"])

        for operation in self.operations:
            visit(operation.answer_schema)
            for schema, _ in (operation.body or {}).values():
                visit(schema)
            for parameter in operation.parameters:
                visit(parameter.raw_schema)
        for name in self.schemas.named:
            if name not in used:
                raise Refused(f"{self.file}: components/schemas/{name}", "nothing uses it")


__all__ = ["Api", "Operation", "Parameter", "ID_PREFIXES", "KEPT_HEADERS", "type_of"]

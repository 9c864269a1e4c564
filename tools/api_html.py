"""api_html.py: writes the reference page of the contract: plain HTML with a style sheet of its own.

No script, nothing from elsewhere: it works under the strictest content security policy. English,
with Chinese beside it wherever the contract has it; errors always have both.
"""
import html
import json
import re
import shlex

from api_c import snake
from api_schema import type_of

CSS = """/* The reference pages. Light and dark follow the system. */
:root { color-scheme: light dark; --ink: #1c1b19; --paper: #fbfaf7; --rule: #d9d5cc; --soft: #55514a;
  --accent: #0b6b54; --code: #f1efe9; --harm: #a3321f; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ece9e2; --paper: #171613; --rule: #3a3731; --soft: #b5b0a6; --accent: #5cc7a9;
    --code: #22201c; --harm: #f0907c; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); line-height: 1.55;
  font: 16px/1.55 system-ui, "Noto Sans CJK SC", "Noto Sans", sans-serif; }
a { color: var(--accent); }
.page { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 76rem; margin: 0 auto; }
nav { padding: 1.5rem 1rem; border-right: 1px solid var(--rule); position: sticky; top: 0;
  align-self: start; max-height: 100vh; overflow-y: auto; font-size: .9rem; }
nav h2 { font-size: .85rem; margin: 1.2rem 0 .3rem; color: var(--soft); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: .2rem 0; text-decoration: none; overflow-wrap: anywhere; }
main { padding: 1.5rem 2rem 4rem; min-width: 0; }
h1 { font-size: 1.7rem; margin: 0 0 .5rem; }
main > h2 { font-size: 1.3rem; margin: 3rem 0 0; padding-bottom: .3rem; border-bottom: 2px solid var(--ink); }
section { padding: 1.5rem 0; border-bottom: 1px solid var(--rule); }
section h3 { margin: 0 0 .4rem; font-size: 1.1rem; overflow-wrap: anywhere; }
section h4 { margin: 1.2rem 0 .3rem; font-size: .95rem; }
code, pre { font-family: ui-monospace, "Noto Sans Mono", monospace; font-size: .88em; }
code { background: var(--code); padding: .1em .3em; border-radius: 3px; overflow-wrap: anywhere; }
pre { background: var(--code); padding: .8rem 1rem; border-radius: 6px; overflow-x: auto; margin: .3rem 0; }
pre code { padding: 0; background: none; overflow-wrap: normal; }
.method { display: inline-block; min-width: 4.2rem; font-weight: 700; color: var(--accent); }
.zh, .soft { color: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0;
  border-top: 1px solid var(--rule); }
th { font-size: .85rem; color: var(--soft); border-top: 0; }
.status { font-variant-numeric: tabular-nums; }
.must { color: var(--harm); }
@media (max-width: 50rem) { .page { display: block; } main { padding: 1rem; }
  nav { position: static; max-height: none; border-right: 0; border-bottom: 1px solid var(--rule); } }
"""


def esc(text):
    return html.escape(" ".join(str(text).split()), quote=True)


def zh(text):
    return f'<p class="zh" lang="zh-CN">{esc(text)}</p>' if text else ""


def anchor(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def rich(text):
    """Escaped, with `code` set as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", esc(text))


def shell(example, operation):
    request = example.get("request", {})
    path = operation.path
    for key, value in request.get("path", {}).items():
        path = path.replace("{" + key + "}", str(value))
    query = "&".join(f"{k}={v}" for k, v in request.get("query", {}).items())
    words = ["curl -sS"]
    if operation.method != "get":
        words.append(f"-X {operation.method.upper()}")
    words.append(f'"$JINNANG{path}{"?" + query if query else ""}"')
    lines = [" ".join(words)]
    if not operation.is_public:
        lines.append('-H "Authorization: Bearer $JINNANG_KEY"')
    for key, value in request.get("headers", {}).items():
        lines.append(f"-H {shlex.quote(f'{key}: {value}')}")
    if operation.body and ("body" in request or "raw" in request):
        content_type = request.get("content_type", next(iter(operation.body)))
        lines.append(f"-H {shlex.quote(f'Content-Type: {content_type}')}")
        data = request.get("raw")
        if data is None:
            data = json.dumps(request["body"], ensure_ascii=False)
        lines.append(f"--data-binary {shlex.quote(data)}")
    return " \\\n  ".join(lines)


class Reference:
    def __init__(self, api):
        self.api = api

    def type_text(self, raw):
        name, schema = self.api.schemas.resolve(raw)
        if name is not None:
            return f'<a href="#schema-{snake(name)}">{name}</a>'
        kind, nullable = type_of(schema)
        if kind == "array":
            text = f"list of {self.type_text(schema['items'])}"
        elif "enum" in schema:
            text = " | ".join(f"<code>{esc(v)}</code>" for v in schema["enum"])
        else:
            text = schema.get("format", kind)
        return text + (" or null" if nullable else "")

    @staticmethod
    def limits(schema):
        said = []
        if "minimum" in schema:
            said.append(f"{schema['minimum']} to {schema['maximum']}")
        if "maxLength" in schema:
            said.append(f"{schema.get('minLength', 0)} to {schema['maxLength']} bytes")
        if "maxItems" in schema:
            said.append(f"{schema.get('minItems', 0)} to {schema['maxItems']} items")
        if "default" in schema:
            said.append(f"default {schema['default']}")
        return f' <span class="soft">({esc("; ".join(said))})</span>' if said else ""

    def rows(self, items):
        """items: (name, raw schema, required, description)"""
        lines = ['<div class="wide"><table>',
                 "<tr><th>Name</th><th>Type</th><th>Meaning</th></tr>"]
        for name, raw, required, description in items:
            schema = self.api.schemas.resolve(raw)[1]
            must = ' <span class="must">required</span>' if required else ""
            lines.append(f"<tr><td><code>{esc(name)}</code>{must}</td>"
                         f"<td>{self.type_text(raw)}</td>"
                         f"<td>{rich(description)}{self.limits(schema)}</td></tr>")
        return lines + ["</table></div>"]

    @staticmethod
    def callers(operation):
        """Who may call it, as a sentence."""
        parts = []
        for caller in operation.callers:
            wanted = {"api_key": operation.scopes, "staff": operation.capabilities}.get(caller, [])
            names = ", ".join(f"<code>{esc(w)}</code>" for w in wanted)
            parts.append({"api_key": "API key", "session": "a person", "staff": "staff"}[caller]
                         + (f" with {names}" if names else ""))
        more = "" if "locked" not in operation.sessions else "; also while locked or signing up"
        return f"Who: {' or '.join(parts)}{more}."

    def operation(self, operation):
        lines = [
            f'<section id="{operation.name}">',
            f'<h3><span class="method">{operation.method.upper()}</span> '
            f"<code>{esc(operation.path)}</code></h3>",
            f"<p><strong>{esc(operation.summary)}</strong></p>", zh(operation.zh),
            f"<p>{rich(operation.description)}</p>",
        ]
        if operation.is_public:
            lines.append('<p class="soft">Public: no key is needed.</p>')
        else:
            lines.append(f'<p class="soft">{self.callers(operation)}</p>')
        if operation.parameters:
            lines.append("<h4>Parameters</h4>")
            lines += self.rows([(f"{p.name}", p.raw_schema, p.required,
                                 f"{p.description} (in {p.where})") for p in operation.parameters])
        for content_type, (media, _) in (operation.body or {}).items():
            lines.append(f"<h4>Body: <code>{content_type}</code></h4>")
            lines.append(f"<p>{self.type_text(media)}"
                         f"{'' if content_type != 'application/x-ndjson' else ', one a line'}"
                         f"; at most {operation.body_bytes_max:,} bytes.</p>")
        lines.append(f"<h4>Answer: {operation.status}, <code>{operation.answer_type}</code></h4>")
        lines.append(f"<p>{self.type_text(operation.answer_schema)}</p>")
        lines += self.examples(operation)
        if operation.errors:
            links = ", ".join(f'<a href="/docs/errors#{e}"><code>{e}</code></a>'
                              for e in operation.errors)
            lines.append(f"<h4>Errors of its own</h4><p>{links}</p>")
        return lines + ["</section>"]

    @staticmethod
    def examples(operation):
        shown = next((e for e in operation.examples
                      if "response" in e or "response_text" in e), None)
        good = next((e for e in operation.examples if "status" not in e), shown)
        lines = ["<h4>Example</h4>",
                 f"<pre><code>{html.escape(shell(good, operation))}</code></pre>"]
        if shown and "response" in shown:
            body = json.dumps(shown["response"], ensure_ascii=False, indent=2)
        else:
            body = shown["response_text"]
        return lines + [f"<pre><code>{html.escape(body)}</code></pre>"]

    def schema(self, name, schema):
        lines = [f'<section id="schema-{snake(name)}">', f"<h3>{name}</h3>",
                 f"<p>{rich(schema['description'])}</p>"]
        if schema["type"] == "object" and schema["additionalProperties"] is False:
            lines += self.rows([
                (key, raw, key in schema["required"],
                 raw.get("description") or self.api.schemas.resolve(raw)[1].get("description", ""))
                for key, raw in schema["properties"].items()])
        elif "enum" in schema:
            values = ", ".join(f"<code>{esc(v)}</code>" for v in schema["enum"])
            lines.append(f"<p>{values}</p>")
        return lines + ["</section>"]

    def nav(self):
        lines = ['<nav aria-label="Contents">', '<p><a href="/docs/errors">Errors · '
                 '<span lang="zh-CN">错误代码</span></a></p>']
        for tag, info in self.api.tags.items():
            lines.append(f'<h2>{esc(tag)} <span lang="zh-CN">{esc(info["x-zh"])}</span></h2><ul>')
            for operation in self.api.operations:
                if operation.tag == tag:
                    lines.append(f'<li><a href="#{operation.name}">{operation.method.upper()} '
                                 f"{esc(operation.path)}</a></li>")
            lines.append("</ul>")
        lines.append("<h2>schemas</h2><ul>")
        lines += [f'<li><a href="#schema-{snake(n)}">{n}</a></li>' for n in self.api.schemas.named]
        return lines + ["</ul></nav>"]

    def index(self):
        info = self.api.info
        lines = ['<main id="content">', f"<h1>{esc(info['title'])} API {esc(info['version'])}</h1>",
                 f"<p>{rich(info['description'])}</p>", zh(info["x-zh"])]
        lines += ['<h2 id="scopes">Keys and scopes</h2>',
                  "<p>Send <code>Authorization: Bearer</code> and an API key.</p>",
                  '<div class="wide"><table><tr><th>Scope</th><th>Allows</th></tr>']
        lines += [f"<tr><td><code>{esc(s)}</code></td><td>{esc(d)}</td></tr>"
                  for s, d in self.api.scopes.items()]
        lines.append("</table></div>")
        lines += ['<h2 id="capabilities">Staff and capabilities</h2>',
                  '<div class="wide"><table><tr><th>Capability</th><th>Allows</th></tr>']
        lines += [f"<tr><td><code>{esc(s)}</code></td><td>{esc(d)}</td></tr>"
                  for s, d in self.api.capabilities.items()]
        lines.append("</table></div>")
        for tag, about in self.api.tags.items():
            lines.append(f'<h2 id="tag-{tag}">{esc(tag)}</h2><p>{esc(about["description"])}</p>'
                         + zh(about["x-zh"]))
            for operation in self.api.operations:
                if operation.tag == tag:
                    lines += self.operation(operation)
        lines.append('<h2 id="schemas">Schemas</h2>')
        for name, schema in self.api.schemas.named.items():
            lines += self.schema(name, schema)
        lines.append("</main>")
        return document("Jinnang API", self.nav() + lines)

    def errors(self):
        lines = ['<main id="content">', '<h1>Errors · <span lang="zh-CN">错误代码</span></h1>',
                 "<p>Every problem carries one of these codes. Numbers and codes never change their "
                 "meaning.</p>",
                 '<p class="zh" lang="zh-CN">每个错误都带有以下代码之一；编号与代码的含义永不改变。</p>',
                 '<div class="wide"><table><tr><th>Code</th><th>Status</th><th>What happened</th>'
                 "<th>What to do</th></tr>"]
        for code, error in self.api.errors.items():
            status = error["http"] or "—"
            burns = ('<br><span class="must">the id never succeeds later · '
                     '<span lang="zh-CN">该编号不会再成功</span></span>' if error["burns"] else "")
            lines.append(
                f'<tr id="{code}"><td><code>{code}</code><br><span class="soft status">'
                f'{error["number"]}</span></td><td class="status">{status}</td>'
                f'<td>{esc(error["title"]["en"])}{zh(error["title"]["zh"])}{burns}</td>'
                f'<td>{esc(error["fix"]["en"])}{zh(error["fix"]["zh"])}</td></tr>')
        lines += ["</table></div>", "</main>"]
        nav = ['<nav aria-label="Contents">', '<p><a href="/docs">Reference · '
               '<span lang="zh-CN">接口说明</span></a></p>', "</nav>"]
        return document("Jinnang API: errors", nav + lines)


def document(title, body):
    return ["<!doctype html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{esc(title)}</title>", '<link rel="stylesheet" href="/docs/docs.css">',
            "</head>", "<body>", '<div class="page">'] + body + ["</div>", "</body>", "</html>"]


def reference(api):
    """{path below the output directory: lines}"""
    writer = Reference(api)
    return {"docs/index.html": writer.index(), "docs/errors/index.html": writer.errors(),
            "docs/docs.css": CSS.rstrip("\n").split("\n")}

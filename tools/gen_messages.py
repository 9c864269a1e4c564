#!/usr/bin/env python3
"""gen_messages.py: packs/messages/*.yaml -> the catalogue of messages as C (src/notify/catalogue.h).

Usage: gen_messages.py DIRECTORY OUT.c [DEPFILE]

Refuses, with the place: unknown keys, a missing language or channel, a placeholder that no parameter
has, a parameter that a language never says, different placeholders in the two languages, and a link,
an address or a line break in an SMS. Exit status 1, one line on standard error.
"""
import os
import re
import sys

from strict_yaml import Refused, load

KINDS = ("security", "money", "service", "marketing")
SEVERITIES = ("info", "notice", "warning", "alarm")
CHANNELS = ("in_app", "sms", "email")
TYPES = ("text", "word", "time", "money", "code")
LANGUAGES = ("en", "zh")
FLAGS = ("secret", "not_me", "every_contact")
TOPIC_KEYS = {"topic", "kind", "severity", "channels", "params", "lifetime_s", *FLAGS, *LANGUAGES}
# which texts each channel needs; a title names the message everywhere
TEXTS = {"in_app": ("text",), "sms": ("sms",), "email": ("subject", "email")}
LENGTHS = {"title": 60, "text": 400, "sms": 160, "subject": 80, "email": 1500}
LIFETIME_S = 3 * 24 * 3600
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
# Anything that a telephone could make into something to tap.
LINK = re.compile(r"://|www\.|[a-z0-9-]\.[a-z]{2,}|@", re.I)


def check_text(where, key, text, params):
    """The set of placeholders of one text."""
    if not isinstance(text, str) or not text.strip():
        raise Refused(where, f"{key} is missing or empty")
    if len(text) > LENGTHS[key]:
        raise Refused(where, f"{key} is longer than {LENGTHS[key]} characters")
    if key != "email" and ("\n" in text or text != text.strip()):
        raise Refused(where, f"{key} is one line without spaces around it")
    if key == "sms" and LINK.search(PLACEHOLDER.sub("", text)):
        raise Refused(where, "an SMS holds no link and no address")
    used = set(PLACEHOLDER.findall(text))
    for name in used:
        if name not in params:
            raise Refused(where, f"{key} uses {{{name}}}, which is no parameter")
    if "{" in PLACEHOLDER.sub("", text) or "}" in PLACEHOLDER.sub("", text):
        raise Refused(where, f"{key} has a brace that belongs to no placeholder")
    return used


def check_language(where, texts, channels, params):
    """Placeholders by text; every parameter is said somewhere."""
    wanted = {"title"} | {key for channel in channels for key in TEXTS[channel]}
    if not isinstance(texts, dict):
        raise Refused(where, "the texts are missing")
    if set(texts) - wanted:
        raise Refused(where, f"{sorted(set(texts) - wanted)[0]} belongs to no channel of this topic")
    used = {key: check_text(where, key, texts.get(key), params) for key in sorted(wanted)}
    unsaid = set(params) - set().union(*used.values())
    if unsaid:
        raise Refused(where, f"parameter {sorted(unsaid)[0]} is never used")
    return used


def check_topic(where, topic):
    if not isinstance(topic, dict) or set(topic) - TOPIC_KEYS:
        unknown = sorted(set(topic) - TOPIC_KEYS)[0] if isinstance(topic, dict) else topic
        raise Refused(where, f"unknown key {unknown!r}")
    name = topic.get("topic")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]{1,62}", name):
        raise Refused(where, f"topic {name!r} is not snake_case")
    where += f" ({name})"
    for key, allowed in (("kind", KINDS), ("severity", SEVERITIES)):
        if topic.get(key) not in allowed:
            raise Refused(where, f"{key} is one of {', '.join(allowed)}")
    channels = topic.get("channels")
    if not isinstance(channels, list) or not channels or len(set(channels)) != len(channels) \
            or set(channels) - set(CHANNELS):
        raise Refused(where, f"channels is a list of {', '.join(CHANNELS)}")
    for flag in FLAGS:
        if type(topic.get(flag, False)) is not bool:
            raise Refused(where, f"{flag} is true or false")
    if topic.get("secret", False) == ("in_app" in channels):
        raise Refused(where, "a secret is sent and never kept: in_app if and only if not secret")
    if type(topic.get("lifetime_s", LIFETIME_S)) is not int or topic.get("lifetime_s", 1) <= 0:
        raise Refused(where, "lifetime_s is a whole number of seconds")
    params = topic.get("params")
    if not isinstance(params, dict) or any(t not in TYPES for t in params.values()) \
            or any(not NAME.fullmatch(str(p)) for p in params):
        raise Refused(where, f"params names its parameters, each one of {', '.join(TYPES)}")
    used = {lang: check_language(f"{where}.{lang}", topic.get(lang), channels, params)
            for lang in LANGUAGES}
    for key in used["en"]:
        if used["en"][key] != used["zh"][key]:
            raise Refused(where, f"{key} says different parameters in the two languages")
    return topic


def check_words(where, document):
    if not isinstance(document, dict) or set(document) != {"brand", "words"}:
        raise Refused(where, "words.yaml has the keys brand and words")
    for name, texts in {"brand": document["brand"], **document["words"]}.items():
        if not NAME.fullmatch(str(name)) or not isinstance(texts, dict) \
                or set(texts) != set(LANGUAGES) or any(LINK.search(t) for t in texts.values()):
            raise Refused(f"{where}: {name}", "a word has a snake_case name and both languages")
    return document


def read(directory):
    """(words document, topics sorted by name)."""
    words, topics = None, {}
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        document = load(path)
        if name == "words.yaml":
            words = check_words(path, document)
            continue
        if not isinstance(document, dict) or set(document) != {"topics"}:
            raise Refused(path, "the document has exactly one key, topics")
        for index, topic in enumerate(document["topics"]):
            topic = check_topic(f"{path}: topics[{index}]", topic)
            if topic["topic"] in topics:
                raise Refused(path, f"topic {topic['topic']} appears twice")
            topics[topic["topic"]] = topic
    if words is None:
        raise Refused(directory, "words.yaml is missing")
    return words, [topics[name] for name in sorted(topics)]


def c_string(text):
    lines = text.split("\n")
    return "\n            ".join(
        '"' + line.replace("\\", "\\\\").replace('"', '\\"') + ("\\n" if i + 1 < len(lines) else "")
        + '"' for i, line in enumerate(lines))


def c_texts(texts):
    return "{" + ", ".join(f".{key} = {c_string(texts[key])}" for key in LENGTHS if key in texts) + "}"


def source(words, topics):
    out = ["/* Generated by tools/gen_messages.py from packs/messages/. Do not edit. */",
           '#include "notify/catalogue.h"', ""]
    for topic in topics:
        if topic["params"]:
            rows = ", ".join(f'{{"{name}", NOTIFY_PARAM_{kind.upper()}}}'
                             for name, kind in topic["params"].items())
            out.append(f"static const struct notify_param params_{topic['topic']}[] = {{{rows}}};")
    out += ["", "const struct notify_topic notify_topics[] = {"]
    for topic in topics:
        name = topic["topic"]
        flags = "".join(f"        .{flag} = true,\n" for flag in FLAGS if topic.get(flag))
        channels = " | ".join(f"NOTIFY_{c.upper()}" for c in topic["channels"])
        params = f"        .params = params_{name},\n" if topic["params"] else ""
        out.append(
            f'    {{\n        .name = "{name}",\n        .kind = NOTIFY_{topic["kind"].upper()},\n'
            f'        .severity = NOTIFY_{topic["severity"].upper()},\n'
            f'        .channels = {channels},\n{flags}'
            f'        .lifetime_s = {topic.get("lifetime_s", LIFETIME_S)},\n{params}'
            f'        .param_count = {len(topic["params"])},\n'
            f'        .texts = {{{c_texts(topic["en"])},\n                  {c_texts(topic["zh"])}}},\n    }},')
    out += ["};", f"const size_t notify_topic_count = {len(topics)};", "",
            "const struct notify_word notify_words[] = {"]
    out += [f'    {{"{name}", {{{c_string(t["en"])}, {c_string(t["zh"])}}}}},'
            for name, t in sorted(words["words"].items())]
    out += ["};", f"const size_t notify_word_count = {len(words['words'])};", "",
            f"const char *const notify_brand[2] = {{{c_string(words['brand']['en'])}, "
            f"{c_string(words['brand']['zh'])}}};", ""]
    return "\n".join(out)


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    try:
        words, topics = read(sys.argv[1])
    except Refused as reason:
        sys.stderr.write(f"gen_messages: {reason}\n")
        sys.exit(1)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(source(words, topics))
    if len(sys.argv) == 4:
        names = [sys.argv[1]] + [os.path.join(sys.argv[1], n) for n in sorted(os.listdir(sys.argv[1]))]
        with open(sys.argv[3], "w", encoding="utf-8") as file:
            file.write(f"{sys.argv[2]}: {' '.join(n.replace(' ', chr(92) + ' ') for n in names)}\n")


if __name__ == "__main__":
    main()

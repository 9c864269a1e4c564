"""strict_yaml.py: YAML for single sources: duplicate keys are refused, every refusal names its place.

Purpose: the generators (gen_errors.py, gen_api.py) read their input through here, so that a
mistake in a source never passes silently into code.
"""
import yaml


class Refused(Exception):
    """The source says something that the generator does not understand."""

    def __init__(self, path, message):
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """SafeLoader without duplicate keys, and without dates: a time in a source stays the text."""


def _mapping(loader, node, deep=True):
    seen = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=deep)
        if key in seen:
            mark = key_node.start_mark
            raise Refused(f"{mark.name}:{mark.line + 1}", f"key {key!r} appears twice")
        seen[key] = loader.construct_object(value_node, deep=deep)
    return seen


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(path):
    """The document at `path`; Refused when it is not one well-formed YAML document."""
    try:
        with open(path, encoding="utf-8") as file:
            return yaml.load(file, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else path
        raise Refused(where, getattr(error, "problem", None) or str(error)) from error
    except UnicodeDecodeError as error:
        raise Refused(path, f"not UTF-8: {error}") from error

#!/usr/bin/env python3
"""gen_api.py: api/openapi.yaml and api/errors.yaml -> C, TypeScript, the reference page.

  gen_api.py [--api FILE] [--errors FILE] --check          only look; exit 1 and say what is wrong
  gen_api.py … --c OUT.h OUT.c ROUTES.c                    decoders and names; the route table
  gen_api.py … --ts OUT.ts                                 types and a typed client
  gen_api.py … --html DIR                                  DIR/docs/: the reference and its style sheet

Refuses what it does not understand: one line on standard error that names the place, status 1.
The output depends on the two files only, byte for byte.
"""
import argparse
import os
import sys

from api_model import Api
from strict_yaml import Refused

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def write(path, lines):
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    text = "\n".join(lines) + "\n"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--api", default=os.path.join(ROOT, "api/openapi.yaml"))
    parser.add_argument("--errors", default=os.path.join(ROOT, "api/errors.yaml"))
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--c", nargs=3, metavar=("OUT.h", "OUT.c", "ROUTES.c"))
    parser.add_argument("--ts", metavar="OUT.ts")
    parser.add_argument("--html", metavar="DIR")
    options = parser.parse_args(arguments)
    if not (options.check or options.c or options.ts or options.html):
        parser.error("nothing to do")
    try:
        api = Api(options.api, options.errors)
        if options.c:
            from api_c import Writer
            writer = Writer(api)
            header = writer.header()
            write(options.c[0], header)
            write(options.c[1], writer.source())
            write(options.c[2], writer.routes())
        if options.ts:
            from api_ts import typescript
            write(options.ts, typescript(api))
        if options.html:
            from api_html import reference
            for name, lines in reference(api).items():
                write(os.path.join(options.html, name), lines)
    except (Refused, ValueError, OSError) as error:
        print(f"gen_api: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

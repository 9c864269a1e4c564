#!/usr/bin/env python3
"""gen_packs.py --out FILE DIR: embeds DIR/*.yaml into the program as const struct pack_file
pack_files[] (src/policy/pack_int.h), so that one binary is an installation. The bytes are the files',
unchanged; what they mean is checked when they are loaded, and by the unit tests."""
import argparse
import os


def c_bytes(data):
    rows = [data[i:i + 24] for i in range(0, len(data), 24)]
    return ",\n    ".join(", ".join(str(byte) for byte in row) for row in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    parser.add_argument("directory")
    args = parser.parse_args()
    names = sorted(n for n in os.listdir(args.directory) if n.endswith(".yaml"))
    if not names:
        raise SystemExit(f"gen_packs: no .yaml in {args.directory}")
    with open(args.out, "w", encoding="utf-8") as out:
        out.write('/* Made by tools/gen_packs.py. */\n#include "policy/pack_int.h"\n')
        for name in names:
            with open(os.path.join(args.directory, name), "rb") as file:
                data = file.read()
            out.write(f"\nstatic const unsigned char file_{name[:-5]}[] = {{\n    {c_bytes(data)}, 0}};\n")
        out.write("\nconst struct pack_file pack_files[] = {\n")
        for name in names:
            symbol = f"file_{name[:-5]}"
            out.write(f'    {{"{name[:-5]}", (const char *){symbol}, sizeof({symbol}) - 1}},\n')
        out.write("    {0}};\n")


if __name__ == "__main__":
    main()

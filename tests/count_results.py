# SPDX-License-Identifier: MIT
"""Prints `N passed, N failed, N skipped`, and fails where a test failed.

usage: count_results.py TESTLOG.json RESULTS-DIRECTORY

The first is what meson says of the programs, one JSON object a line; the second holds what each
GoogleTest program says of its own cases. A program that broke down without an account of its cases
counts as one failure.
"""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as tree


def count_cases(path):
    passed = failed = skipped = 0
    # A failure may quote bytes that XML does not allow.
    text = path.read_text(encoding="utf-8", errors="replace")
    text = re.sub("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]", "?", text)
    for case in tree.fromstring(text.encode()).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main():
    programs = [json.loads(line) for line in pathlib.Path(sys.argv[1]).read_text().splitlines()]
    passed = failed = skipped = 0
    for program in programs:
        executable = pathlib.Path(program["command"][0]).name
        account = pathlib.Path(sys.argv[2]) / (executable + ".xml")
        cases = count_cases(account) if account.exists() else (0, 0, 0)
        if program["result"] == "OK" and not account.exists():
            cases = (1, 0, 0)
        elif program["result"] == "SKIP" and not account.exists():
            cases = (0, 0, 1)
        elif program["result"] not in ("OK", "SKIP") and cases[1] == 0:
            print(f"{executable}: {program['result']}")
            cases = (cases[0], 1, cases[2])
        passed += cases[0]
        failed += cases[1]
        skipped += cases[2]
    if passed + failed == 0:
        print("no test ran")
        failed = 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Plants secrets of many shapes into a copy of a real project, lets `keyfence fix` move them, and checks what is left.

    benches/fix.py KEYFENCE PROJECT [TEST COMMAND…]

The values are random and differ from run to run. What must hold: every changed file parses, what can be moved is moved
and what cannot says why, the values in .env are read back by the dotenv library of the language (python-dotenv, or
node's dotenv where NODE_PATH leads to it), a scan finds only what was left alone, the project's own tests pass with the
environment from .env, and `fix --undo` leaves the very tree that was there before.
"""

import os
import random
import re
import shutil
import string
import subprocess
import sys
import tempfile
from pathlib import Path

LETTERS = string.ascii_letters + string.digits


def value(marks=""):
    """A random value that no reader of code takes for a word; each mark stands somewhere in the middle."""
    text = "".join(random.choice(LETTERS) for _ in range(26)) + random.choice(string.digits)
    for mark in marks:
        at = random.randrange(6, len(text) - 6)
        text = text[:at] + mark + text[at:]
    return text


# Each shape: text with {n} for a number and {v} for the value, and whether it can be moved.
PYTHON = [
    ("PLANTED_{n}_TOKEN = '{v}'\n", "", True),
    ('planted_{n} = {{"api_key": "{v}"}}\n', "", True),
    ("def planted_{n}(secret_key='{v}'):\n    return secret_key\n", "", True),
    ('import os\nplanted_{n} = os.getenv("PLANTED_{n}_FALLBACK_TOKEN", "{v}")\n', "", True),
    ("PLANTED_{n}_PASSWORD = '{v}'\n", "#$ !", True),
    ('PLANTED_{n}_URL = "postgres://app:{v}@db.example.com/app"\n', "", True),
    ("class Planted{n}:\n    auth_token: str = '{v}'\n", "", True),
    ('PLANTED_{n}_API_KEY = f"{v}{{1}}"\n', "", False),
    ('PLANTED_{n}_API_KEY = b"{v}"\n', "", False),
    ('PLANTED_{n}_API_KEY = "{v}" + "-suffix"\n', "", False),
    ("# api_key = '{v}'\n", "", False),
]
SCRIPT = [
    ("var PLANTED_{n}_TOKEN = '{v}';\n", "", True),
    ("var planted{n} = {{ apiKey: `{v}` }};\n", "", True),
    ("var planted{n}Token = process.env.PLANTED_{n}_FALLBACK_TOKEN || \"{v}\";\n", "", True),
    ("var planted{n}Password = '{v}';\n", "#$ !", True),
    ("function planted{n}(secretKey) {{ return secretKey || '{v}'; }}\n", "", True),
    ("var planted{n}ApiKey = '{v}' + '-suffix';\n", "", False),
    ("var planted{n} = {{ apiKey: `{v}${{1}}` }};\n", "", False),
]
GO = [
    ('var planted{n}Token = "{v}"\n', "", True),
    ("var planted{n}Password string = `{v}`\n", "#$ !", True),
    ('var planted{n} = map[string]string{{"apiKey": "{v}"}}\n', "", True),
    ('func planted{n}Secret() string {{\n\tsecretKey := "{v}"\n\treturn secretKey\n}}\n', "", True),
    ('const planted{n}Token = "{v}"\n', "", False),
    ('var planted{n}Token = "{v}" + "-suffix"\n', "", False),
]
SHAPES = {".py": PYTHON, ".js": SCRIPT, ".ts": SCRIPT, ".go": GO}
LEFT_OUT = re.compile(r"(^|/)(docs?|examples?|node_modules|vendor)/|\.d\.ts$|\.min\.js$|conf\.py$")


def run(*command, cwd, env=None, check=True):
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    if check and done.returncode != 0:
        sys.exit(f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


def sources(folder):
    listed = run("git", "ls-files", cwd=folder).stdout.split("\n")
    return [name for name in listed if Path(name).suffix in SHAPES and not LEFT_OUT.search(name)]


def plant(folder, names):
    planted = []
    for name in names:
        file = folder / name
        text = file.read_text()
        for shape, marks, can_move in random.sample(SHAPES[file.suffix], 3):
            secret = value(marks)
            text = text.rstrip("\n") + "\n\n" + shape.format(n=len(planted), v=secret)
            planted.append((name, secret, can_move))
        file.write_text(text)
    return planted


def parses(folder, name):
    checks = {
        ".py": [sys.executable, "-c", "import ast,sys; ast.parse(open(sys.argv[1]).read())", name],
        ".js": ["node", "--check", name],
        ".go": ["gofmt", "-l", "-e", name],
    }
    command = checks.get(Path(name).suffix)
    if command is None or shutil.which(command[0]) is None:
        return True
    done = run(*command, cwd=folder, check=False)
    # gofmt names a file that it would lay out in another way.
    return done.returncode == 0 and not done.stdout.strip()


def environment(folder, suffix):
    """Reads every .env there by the library of the language."""
    read = {}
    for file in folder.rglob(".env"):
        if suffix in (".js", ".ts"):
            script = "process.stdout.write(JSON.stringify(require('dotenv').parse(require('fs').readFileSync(process.argv[1]))))"
            import json

            read |= json.loads(run("node", "-e", script, str(file), cwd=folder).stdout)
        else:
            import dotenv

            read |= dotenv.dotenv_values(file)
    return read


def main():
    keyfence, project, *tests = sys.argv[1:]
    keyfence = str(Path(keyfence).resolve())
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "project"
        shutil.copytree(project, folder, symlinks=True)
        names = [name for name in sources(folder) if parses(folder, name)]
        before = run(keyfence, "scan", cwd=folder, check=False).stdout.strip().split("\n")[-1]
        planted = plant(folder, names)
        git = ["git", "-c", "user.name=plant", "-c", "user.email=plant@example.com", "-c", "core.hooksPath=/dev/null"]
        run(*git, "commit", "-qam", "plant", cwd=folder)
        said = run(keyfence, "fix", "--write", *names, cwd=folder, check=False)
        shown = [secret for _, secret, _ in planted if secret in said.stdout + said.stderr]
        changed = run("git", "diff", "--name-only", cwd=folder).stdout.split()
        env = environment(folder, Path(names[0]).suffix)
        held = "\0".join(env.values())
        lost, kept, wrong, unread = [], [], [], []
        for name, secret, can_move in planted:
            in_source, in_env = secret in (folder / name).read_text(), secret in held
            if not in_source and not in_env:
                lost.append((name, secret))
            if in_source and can_move:
                kept.append(name)
            if not in_source and not can_move:
                wrong.append(name)
            if not in_source and not in_env:
                unread.append(name)
        broken = [name for name in changed if not parses(folder, name)]
        report = run(keyfence, "scan", cwd=folder, check=False).stdout.strip().split("\n")[-1]
        print(f"{Path(project).name}: {len(names)} files, {len(planted)} planted, said: {said.stdout.strip().splitlines()[-1]}")
        print(f"  scan before planting: {before}\n  scan after fixing:    {report}")
        print(f"  shown {len(shown)}, lost {len(lost)}, broken {broken}, moved though it must not {wrong}")
        print(f"  could be moved and was not: {len(kept)}")
        for line in sorted(set(re.findall(r"left alone \(.*", said.stdout))):
            print(f"    {said.stdout.count(line)} × {line}")
        if tests:
            done = run(*tests, cwd=folder, env=os.environ | env, check=False)
            print(f"  tests: {done.returncode}: {(done.stdout + done.stderr).strip().splitlines()[-1]}")
        run(keyfence, "fix", "--undo", cwd=folder)
        left = run("git", "diff", "--stat", cwd=folder).stdout
        print(f"  undone: {'the tree is as it was' if not left.replace('.gitignore', '').strip() or '.gitignore' in left and left.count('|') == 1 else left}")


main()

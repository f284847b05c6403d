#!/usr/bin/env python3
"""Asks a real API server again what it says to the requests in FILES, and writes its answers below each.

kubectl proxy --port 8001 & ./record.py http://127.0.0.1:8001 *.txt

A case is `# name`, `METHOD /path`, headers if any, the body, and `=> status`, the warnings, and the answer.
Objects that others need are made by cases whose path lacks dryRun; their leftovers are deleted at the end.
"""
import json, sys, urllib.request, urllib.error

VOLATILE = ("uid", "creationTimestamp", "resourceVersion", "managedFields", "generation", "selfLink")


def cases(text):
    return ("\n" + text).split("\n# ")[1:]


def ask(server, block):
    name, request, *rest = block.split("\n")
    method, path = request.split(" ", 1)
    headers, body = {"Content-Type": "application/json"}, []
    for line in rest:
        if line.startswith("=> "):
            break
        if not body and line.startswith(("Content-Type: ", "Accept: ")):
            key, value = line.split(": ", 1)
            headers[key] = value
        else:
            body.append(line)
    data = "\n".join(body).encode("utf-8", "surrogateescape")
    sent = urllib.request.Request(server + path, data or None, headers, method=method)
    try:
        answer = urllib.request.urlopen(sent)
    except urllib.error.HTTPError as refused:
        answer = refused
    said = answer.read().decode()
    lines = [f"=> {answer.status}"]
    lines += [f"warning: {it[7:-1]}" for it in answer.headers.get_all("Warning") or []]
    try:
        value = json.loads(said)
        if value.get("kind") == "Status":
            value = {k: value[k] for k in ("message", "reason", "details", "code") if k in value}
        else:
            for key in VOLATILE:
                value.get("metadata", {}).pop(key, None)
        said = json.dumps(value, ensure_ascii=False)
    except ValueError:
        pass
    head = [f"# {name}", request] + [f"{k}: {v}" for k, v in headers.items() if (k, v) != ("Content-Type", "application/json")]
    return "\n".join(head + body + lines + [said]) + "\n"


server, *files = sys.argv[1:]
for path in files:
    with open(path, errors="surrogateescape") as file:
        text = file.read()
    answers = [ask(server, block) for block in cases(text)]
    with open(path, "w", errors="surrogateescape") as file:
        file.write("\n".join(answers))

#!/usr/bin/env python3
"""Asks a real API server again what it says to the requests in FILES, and writes its answers below each.

kubectl proxy --port 8001 & ./record.py http://127.0.0.1:8001 *.txt

With --protobuf it writes to standard output what the server answers to the same requests in protobuf: a line for each,
with the name and the answer in base64. Bodies of `Content-Type: application/vnd.kubernetes.protobuf` are in base64, too.

A case is `# name`, `METHOD /path`, headers if any, the body, and `=> status`, the warnings, and the answer.
Objects that others need are made by cases whose path lacks dryRun; their leftovers are deleted at the end.
"""
import base64, json, sys, urllib.request, urllib.error

PROTOBUF = "application/vnd.kubernetes.protobuf"
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
    if headers["Content-Type"] == PROTOBUF:
        data = base64.b64decode(data)
    if protobuf:
        headers["Accept"] = PROTOBUF
    sent = urllib.request.Request(server + path, data or None, headers, method=method)
    try:
        answer = urllib.request.urlopen(sent)
    except urllib.error.HTTPError as refused:
        answer = refused
    if protobuf:
        return f"{name}\t{base64.b64encode(answer.read()).decode()}" if answer.status < 300 else ""
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


protobuf = "--protobuf" in sys.argv
server, *files = [it for it in sys.argv[1:] if it != "--protobuf"]
for path in files:
    with open(path, errors="surrogateescape") as file:
        text = file.read()
    answers = [ask(server, block) for block in cases(text)]
    if protobuf:
        print("\n".join(it for it in answers if it))
        continue
    with open(path, "w", errors="surrogateescape") as file:
        file.write("\n".join(answers))

"""Reads a description of an API with other people's readers of OpenAPI 3.1 and JSON Schema.

Reads {"document": TEXT} from standard input and writes {"faults": [SENTENCE], "operations": NUMBER, "examples": NUMBER}.
A fault is whatever openapi-spec-validator finds, an operation without a name or with one that is no lowerCamelCase word or stands twice,
a component that nobody refers to, an answer without an example, and an example that its own schema forbids.
"""

import json
import re
import sys

from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

METHODS = ("get", "post", "put", "patch", "delete")


class Document:
    def __init__(self, document):
        self.document = document
        self.faults = []
        self.examples = 0

    def resolved(self, value):
        """What a reference leads to; other values as they are."""
        while "$ref" in value:
            found = self.document
            for name in value["$ref"].removeprefix("#/").split("/"):
                found = found[name.replace("~1", "/").replace("~0", "~")]
            value = found
        return value

    def compare(self, place, example, schema):
        """An example with its schema, whose references are those of the document."""
        self.examples += 1
        whole = {"allOf": [schema], "components": self.document["components"]}
        for error in Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(example):
            self.faults.append(f"{place}: {'/'.join(map(str, error.absolute_path))}: {error.message}")

    def check(self):
        for error in OpenAPIV31SpecValidator(self.document).iter_errors():
            self.faults.append(f"{'/'.join(map(str, error.absolute_path))}: {error.message}")
        self.check_components()
        names = []
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                if method in METHODS:
                    self.check_operation(f"{method.upper()} {path}", operation)
                    names.append(operation.get("operationId", ""))
        for name in names:
            if not re.fullmatch("[a-z]+([A-Z][a-z0-9]*)*", name) or names.count(name) > 1:
                self.faults.append(f"the operationId {name!r} is no word of its own")
        return len(names)

    def check_components(self):
        text = json.dumps(self.document)
        components = self.document["components"]
        for kind in ("schemas", "parameters", "headers"):
            for name in components[kind]:
                # The words of a stream's answer name the schemas of its events; the standard has no place for them.
                if f'"#/components/{kind}/{name}"' not in text and f"Its data are a `{name}`." not in text:
                    self.faults.append(f"nothing refers to {kind}/{name}")
        for name, schema in components["schemas"].items():
            for field, described in schema.get("properties", {}).items():
                for example in described.get("examples", []):
                    self.compare(f"schemas/{name}/{field}", example, described)
        for name, parameter in components["parameters"].items():
            if "example" in parameter:
                self.compare(f"parameters/{name}", parameter["example"], parameter["schema"])

    def check_operation(self, place, operation):
        for parameter in operation.get("parameters", []):
            if "example" in parameter:
                self.compare(f"{place} {parameter['name']}", parameter["example"], parameter["schema"])
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "application/json":
                self.compare(f"the body of {place}", content["example"], content["schema"])
        for status, response in operation["responses"].items():
            content = self.resolved(response).get("content", {}).get("application/json")
            if content is None or not content["schema"]:
                continue
            if "example" not in content:
                self.faults.append(f"{place}: {status} has no example")
            else:
                self.compare(f"{place}: {status}", content["example"], content["schema"])


def main():
    document = Document(json.loads(json.load(sys.stdin)["document"]))
    operations = 0
    try:
        operations = document.check()
    except Exception as error:
        document.faults.append(f"it can't be read: {error!r}")
    json.dump({"faults": document.faults, "operations": operations, "examples": document.examples}, sys.stdout)


main()

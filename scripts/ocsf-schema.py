#!/usr/bin/env python3
"""Compiles JSON Schemas for some event classes out of a checkout of github.com/ocsf/ocsf-schema.

    scripts/ocsf-schema.py CHECKOUT COMMIT OUT.json

The OCSF publishes its schema as metaschema files; what events must look like follows from them by
inheritance, included profiles and the dictionary. This does what the tests need of that: the
classes that osmoda writes, the profiles that it names, every attribute and object that they reach.
Strict where the OCSF is: no unknown attributes, required attributes, enumerations, types with their
patterns, lengths and ranges, at_least_one and just_one; an attribute of a profile only where
metadata.profiles names the profile; type_uid as class and activity say. Attributes of other
profiles are left out, so that their use is an error. Descriptions are left out for size.

Not compiled: extensions, the kinds of observables, the _dt twins of times that the profile datetime
adds, and what is only recommended. The published examples of ocsf/examples hold to what is compiled,
but for those and for faults of their own.
"""

import json
import pathlib
import sys

CLASSES = [
    "base_event",
    "file_activity",
    "process_activity",
    "event_log_actvity",  # sic
    "detection_finding",
    "authentication",
    "entity_management",
    "network_activity",
    "ssh_activity",
    "device_config_state_change",
    "application_lifecycle",
    "api_activity",
    "application_error",
]
PROFILES = ["host", "trace", "incident", "ai_operation", "record_integrity"]


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def merge(below, above):
    """What is said later holds; objects are merged, member by member."""
    merged = dict(below)
    for name, value in above.items():
        if isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = merge(merged[name], value)
        else:
            merged[name] = value
    return merged


class Compiler:
    def __init__(self, root):
        self.root = root
        self.dictionary = load(root / "dictionary.json")
        self.categories = load(root / "categories.json")["attributes"]
        self.version = load(root / "version.json")["version"]
        self.files = {}
        for folder in ("events", "objects"):
            for path in sorted((root / folder).rglob("*.json")):
                found = load(path)
                if "name" in found or "extends" in found:
                    self.files.setdefault((folder, found.get("name", found.get("extends"))), found)
        self.objects = {}

    def included(self, file):
        profile = load(self.root / file)
        notes = profile.get("annotations", {})
        return {
            name: {**notes, **attribute, "profile": profile["name"]}
            for name, attribute in profile["attributes"].items()
        }

    def resolve(self, folder, name):
        """A class or object with all that it inherits and includes."""
        own = self.files[(folder, name)]
        parent = own.get("extends")
        base = (
            self.resolve(folder, parent)
            if parent and (folder, parent) in self.files
            else {"attributes": {}}
        )
        attributes = dict(base["attributes"])
        stated = dict(own.get("attributes", {}))
        files = stated.pop("$include", [])
        for file in [files] if isinstance(files, str) else files:
            attributes = merge(attributes, self.included(file))
        attributes = merge(attributes, stated)
        resolved = {**base, **{k: v for k, v in own.items() if k != "attributes"}}
        resolved["attributes"] = attributes
        return resolved

    def simple(self, name):
        """A type of the dictionary; None where it is an object."""
        types = self.dictionary["types"]["attributes"]
        if name not in types:
            return None
        chain = [types[name]]
        base = name
        while "type" in chain[-1] and chain[-1]["type"] in types:
            base = chain[-1]["type"]
            chain.append(types[base])
        schema = {
            "boolean_t": {"type": "boolean"},
            "float_t": {"type": "number"},
            "integer_t": {"type": "integer"},
            "long_t": {"type": "integer"},
            "json_t": {},
            "string_t": {"type": "string"},
        }[base]
        schema = dict(schema)
        for each in reversed(chain):
            if "regex" in each:
                schema["pattern"] = each["regex"]
            if "max_len" in each:
                schema["maxLength"] = each["max_len"]
            if "range" in each:
                schema["minimum"], schema["maximum"] = each["range"]
            if "values" in each:
                schema["enum"] = each["values"]
        return schema

    def attribute(self, name, stated):
        """The schema of one attribute's value."""
        whole = merge(self.dictionary["attributes"][name], stated)
        kind = whole.get("type", "object_t")
        schema = self.simple(kind)
        if schema is None:
            kind = whole.get("object_type", kind)
            schema = {} if kind == "object" else {"$ref": "#/$defs/" + self.object(kind)}
            if kind == "object":
                schema = {"type": "object"}
        if "enum" in whole:
            numbers = "type" in schema and schema["type"] == "integer"
            schema["enum"] = [int(each) if numbers else each for each in whole["enum"]]
        return {"type": "array", "items": schema} if whole.get("is_array") else schema

    def body(self, resolved):
        properties, required, bound = {}, [], {}
        for name, stated in resolved["attributes"].items():
            profile = stated.get("profile")
            if profile is not None and profile not in PROFILES:
                continue
            properties[name] = self.attribute(name, stated)
            if profile is not None:
                bound[name] = profile
            elif stated.get("requirement") == "required":
                required.append(name)
        schema = {"type": "object", "properties": properties, "additionalProperties": False}
        if required:
            schema["required"] = sorted(required)
        rules = []
        for kind, names in resolved.get("constraints", {}).items():
            here = [{"required": [each]} for each in names if each in properties]
            rules.append({{"at_least_one": "anyOf", "just_one": "oneOf"}[kind]: here})
        if rules:
            schema["allOf"] = rules
        return schema, bound

    def object(self, name):
        if name not in self.objects:
            self.objects[name] = None  # objects may hold each other
            self.objects[name] = self.body(self.resolve("objects", name))[0]
        return name

    def event(self, name):
        resolved = self.resolve("events", name)
        schema, bound = self.body(resolved)
        category = self.categories.get(resolved.get("category", "other"), {"uid": 0})["uid"]
        uid = 1000 * category + resolved.get("uid", 0)
        activities = schema["properties"]["activity_id"]["enum"]
        schema["properties"]["class_uid"] = {"const": uid}
        schema["properties"]["category_uid"] = {"const": category}
        schema.setdefault("allOf", []).append(
            {
                "oneOf": [
                    {
                        "properties": {
                            "activity_id": {"const": each},
                            "type_uid": {"const": 100 * uid + each},
                        }
                    }
                    for each in activities
                ]
            }
        )
        schema["dependentSchemas"] = {
            attribute: {
                "properties": {
                    "metadata": {
                        "properties": {"profiles": {"contains": {"const": profile}}},
                        "required": ["profiles"],
                    }
                }
            }
            for attribute, profile in bound.items()
        }
        named = [each for each in resolved.get("profiles", []) if each in PROFILES]
        schema["properties"]["metadata"] = {
            "allOf": [
                schema["properties"]["metadata"],
                {
                    "properties": {
                        "profiles": {"items": {"enum": sorted(set(named) | self.inherited(name))}},
                        "version": {"const": self.version},
                    }
                },
            ]
        }
        return uid, schema

    def inherited(self, name):
        """The profiles of a class and of all that it extends."""
        own = self.files[("events", name)]
        parent = own.get("extends")
        above = self.inherited(parent) if parent else set()
        return above | {each for each in own.get("profiles", []) if each in PROFILES}


def main():
    root, commit, out = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    compiler = Compiler(root)
    events = dict(compiler.event(name) for name in CLASSES)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": f"Compiled by scripts/ocsf-schema.py from ocsf/ocsf-schema {compiler.version}"
        f" at {commit}, Apache-2.0",
        "type": "object",
        "required": ["class_uid"],
        "properties": {"class_uid": {"enum": sorted(events)}},
        "allOf": [
            {
                "if": {"properties": {"class_uid": {"const": uid}}},
                "then": {"$ref": f"#/$defs/class_{uid}"},
            }
            for uid in sorted(events)
        ],
        "$defs": {
            **{f"class_{uid}": schema for uid, schema in sorted(events.items())},
            **dict(sorted(compiler.objects.items())),
        },
    }
    out.write_text(json.dumps(schema, sort_keys=True, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()

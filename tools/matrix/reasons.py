"""From a result to a verdict, with the explanations of reasons.tsv."""

import re

CODES_OF_REFUSAL = ("operator-unsupported", "value-unsupported")


class Reasons:
    """Lines of: regular expression on graph names, what is differed from (library, runtime, compat: runtime in compatible mode), reason."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            lines = [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]
        self.lines = [(re.compile(pattern), kind, reason) for pattern, kind, reason in lines]
        self.used = set()

    def find(self, name, kind):
        for i, (pattern, kind_of_line, reason) in enumerate(self.lines):
            if kind == kind_of_line and pattern.search(name):
                self.used.add(i)
                return reason
        return None

    def verdict(self, result):
        """One of equal, right, explained, different, refused, crash, fault, and the words for the table."""
        for bad in ("fault", "crash"):
            if bad in result:
                return bad, result[bad]
        if result["default_error"]:
            return self.of_refusal(result)
        if result["must_refuse"]:
            return "different", "has to be refused, but runs"
        return self.of_answers(result)

    def of_refusal(self, result):
        error = result["default_error"]
        words = f"{error['code']}: " + " ".join(error["message"].split())
        if result["must_refuse"] and error["code"] in CODES_OF_REFUSAL:
            unnamed = [
                name for name in ("StringNormalizer", "Tokenizer", "TfIdfVectorizer") if name in result["operators"] and name not in words
            ]
            return ("different", "not named in the refusal: " + ", ".join(unnamed)) if unnamed else ("refused", words)
        return "refused", words

    def of_answers(self, result):
        outputs = result["default"]
        unfaithful = [o for o in result.get("onnxruntime", []) if o.get("runtime") is False]
        if (unfaithful or result["onnxruntime_error"]) and not self.find(result["name"], "compat"):
            return "different", "with compat onnxruntime: " + (named(unfaithful) or result["onnxruntime_error"]["message"])
        if result.get("default_missing"):
            return "different", "outputs missing: " + ", ".join(result["default_missing"])
        from_library = [o for o in outputs if o.get("library") is False]
        from_runtime = [o for o in outputs if o.get("runtime") is False]
        if not from_library and not from_runtime:
            return "equal", self.find(result["name"], "note") or ""
        if from_runtime and not from_library and result.get("runtime_right") is False:
            return "right", self.find(result["name"], "runtime") or "ONNX Runtime differs from the library in " + named(from_runtime)
        needed = (["runtime"] if from_runtime else []) + (["library"] if from_library else [])
        found = [self.find(result["name"], kind) for kind in needed]
        if all(found):
            return "explained", "; ".join(dict.fromkeys(found))
        return "different", " and ".join(
            f"from {kind} in {named(bad, kind)}" for kind, bad in (("library", from_library), ("runtime", from_runtime)) if bad
        )


def named(outputs, kind="runtime"):
    return ", ".join(f"{o['output']} ({o.get(kind + '_shape') or format(o[kind + '_apart'], '.3g')})" for o in outputs)

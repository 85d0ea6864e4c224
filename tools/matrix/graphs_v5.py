"""TreeEnsemble (ai.onnx.ml 5)."""


def graphs():
    yield from ()

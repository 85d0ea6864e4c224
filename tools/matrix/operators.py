"""The operators of the matrix, by how often exporters need them: with tier 1 bare trees run, with tier 2 everything made of trees, with tier 3 the usual preprocessing."""

TIERS = {
    1: {
        "ai.onnx.ml": "TreeEnsembleClassifier TreeEnsembleRegressor ZipMap LabelEncoder",
        "": "Cast Identity Reshape Slice Concat Shape ConstantOfShape Mul Exp Sum Div",
    },
    2: {
        "ai.onnx.ml": "TreeEnsemble ArrayFeatureExtractor LinearClassifier LinearRegressor Normalizer OneHotEncoder",
        "": "Gather Add Sub Neg Log Pow Sigmoid Abs Clip Max Min Sqrt Reciprocal Softmax Sign ReduceSum ReduceMean ArgMax ArgMin TopK CumSum GatherElements "
        "Equal Less Greater GreaterOrEqual Not Where Transpose Flatten LpNormalization MatMul SequenceConstruct",
    },
    3: {
        "ai.onnx.ml": "Scaler Imputer Binarizer FeatureVectorizer",
        "": "CastLike ReduceProd ReduceSumSquare Split IsNaN LessOrEqual Or And",
    },
}
OPERATORS = {(domain, name) for tier in TIERS.values() for domain, names in tier.items() for name in names.split()}
# Element types of the library: those of ONNX that are not listed are out of scope.
TYPES = {1: "float", 6: "int32", 7: "int64", 8: "string", 9: "bool", 11: "double"}

"""Graphs of the matrix (tools/matrix) that are kept as fixtures: pipelines, meta-estimators and export options, one of each kind."""

import importlib
import os
import sys


from case import Case

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "matrix"))

from compare import strictness  # noqa: E402
from runtime import flat  # noqa: E402

COMPARED = {"bits": "bits", "ulps": "ulp4", "relative": "relative"}
MODULES = ("graphs_trees", "graphs_meta", "graphs_transformers", "graphs_pipelines", "graphs_boosters")
CHOSEN = {
    "pipe_passengers": "pipelines_columntransformer_median_standard_scaler_one_hot_forest",
    "pipe_passengers_double": "pipelines_columntransformer_median_standard_scaler_one_hot_forest_float64",
    "pipe_ordinal": "pipelines_columntransformer_mean_min_max_ordinal_histogram_boosting_zipmap_false",
    "pipe_texts_imputed": "pipelines_columntransformer_texts_imputed_then_one_hot_forest_no_zipmap_zipmap_false",
    "pipe_bins": "pipelines_columntransformer_bins_one_hot_boosting_zipmap_false",
    "pipe_columns": "pipelines_standardscaler_forest_one_input_per_column_float64",
    "pipe_power": "transformers_powertransformer_forest_int2_yeo_johnson",
    "pipe_polynomial": "transformers_polynomialfeatures_forest_int2_degree_2",
    "pipe_reduced": "transformers_featureunion_forest_str3_float64_zipmap_false",
    "pipe_normalizer": "transformers_normalizer_forest_int2_max",
    "pipe_categories": "categories_onehotencoder_forest_text",
    "meta_adaboost": "meta_adaboostclassifier_int3_zipmap_false_raw_scores_true",
    "meta_adaboost_strings": "meta_adaboostclassifier_str3_zipmap_columns",
    "meta_bagging": "meta_baggingclassifier_str3_part_of_the_features",
    "meta_voting": "meta_votingclassifier_str3_hard_with_a_linear_model_zipmap_false",
    "meta_stacking": "meta_stackingclassifier_int3_passthrough_zipmap_false",
    "meta_calibrated": "meta_calibratedclassifiercv_int3_sigmoid_forest_zipmap_false",
    "meta_one_vs_rest": "meta_onevsrestclassifier_str3_forest_zipmap_false",
    "meta_several_targets": "meta_multioutputregressor_real2_boosting",
    "meta_isolation": "trees_isolationforest_3_trees_opset_17_score_samples_true",
    "meta_embedding": "trees_randomtreesembedding",
    "meta_several_labels": "trees_randomforestclassifier_int3x2_zipmap_false",
    "meta_paths": "trees_randomforestregressor_real_decision_path_true_decision_leaf_true",
    "meta_exponential": "trees_gradientboostingclassifier_int2_exponential_loss_zipmap_false",
    "lgb_split": "lightgbm_lgbmregressor_real_split_5",
    "lgb_tweedie": "lightgbm_lgbmregressor_positive_objective_tweedie",
    "xgb_poisson": "xgboost_xgbregressor_counts_objective_count_poisson",
}
DIFFERENCES = {"pipe_normalizer": "D23"}


def graphs():
    found = {}
    for module in MODULES:
        found |= {graph.name: graph for graph in importlib.import_module(module).graphs()}
    return found


def as_case(name, graph):
    made = graph.make()
    rows = len(next(iter(made.inputs.values())))
    library = [made.library.get(output.name) for output in made.model.graph.output]
    flattened = [None if value is None else flat(value, rows) if value.ndim == 3 else value for value in library]
    return Case(
        name,
        graph.estimator,
        graph.options or "default",
        made.model,
        list(made.inputs.values()),
        flattened,
        tolerance=graph.tolerance,
        compare=COMPARED[strictness(made.model)],
        notes="from tools/matrix",
        difference=DIFFERENCES.get(name, ""),
    )


def cases():
    known = graphs()
    for name, chosen in CHOSEN.items():
        yield as_case(name, known[chosen])

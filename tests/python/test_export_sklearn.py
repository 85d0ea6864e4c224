#!/usr/bin/env python3
"""Exports estimators with tools/export_sklearn.py, and refuses what exporters get wrong.

    pip install -r tools/models/requirements.txt pandas
    ONNXTREE=build/release/tools/onnxtree tests/python/test_export_sklearn.py
"""
import csv
import json
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import HistGradientBoostingRegressor, IsolationForest, RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import export_sklearn  # noqa: E402
from export_sklearn import ExportError, export, find_onnxtree  # noqa: E402

warnings.filterwarnings("ignore")


class ExportTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)

    def exported(self, estimator, X):
        provenance = export(estimator, X, self.path)
        self.assertEqual(provenance, json.loads((self.path / "provenance.json").read_text()))
        self.assertTrue(provenance["two_exports_are_equal"])
        self.assertEqual(provenance["comparison"]["rows_that_differ_unexplained"], 0)
        run = subprocess.run([find_onnxtree(), "run", "-q", "--header", "yes", self.path / "model.onnx", self.path / "data.csv"], capture_output=True, text=True, check=True)
        expected = (self.path / "expected.csv").read_text()
        self.assertEqual(run.stdout.splitlines()[0], expected.splitlines()[0])
        return list(csv.reader(expected.splitlines()))[1:]

    def test_forest(self):
        X, y = load_iris(return_X_y=True, as_frame=True)
        forest = RandomForestClassifier(20, random_state=0).fit(X, np.array(["a", "b", "c d"])[y])
        rows = self.exported(forest, X)
        self.assertEqual([row[0] for row in rows], list(forest.predict(X)))
        X[X.columns[::-1]].to_csv(self.path / "reversed.csv", index=False)
        run = subprocess.run([find_onnxtree(), "run", self.path / "model.onnx", self.path / "reversed.csv"], capture_output=True, text=True, check=True)
        self.assertEqual([row[0] for row in csv.reader(run.stdout.splitlines())][1:], list(forest.predict(X)))

    def test_odd_names_of_columns(self):
        X, y = load_iris(return_X_y=True)
        for names in (["x,\"y\"", " b ", "ü\n日本", "X:0"], ["a", "a", "b", "c"], ["", "nan", "1", "2"], [0, 1, 2, 3]):
            frame = pd.DataFrame(X, columns=names)
            self.exported(RandomForestClassifier(2, random_state=0).fit(X, y), frame)

    def test_columns_by_name(self):
        X, y = load_iris(return_X_y=True, as_frame=True)
        X["kind of flower"] = np.where(X.iloc[:, 3] > 1, "big", "small")
        table = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["kind of flower"]), (StandardScaler(), [X.columns[0]]), remainder="passthrough")
        model = make_pipeline(table, RandomForestClassifier(5, random_state=0)).fit(X, y)
        self.exported(model, X)
        # Columns are bound by the names of the training data, in any order.
        X[X.columns[::-1]].to_csv(self.path / "reversed.csv", index=False)
        scores = [subprocess.run([find_onnxtree(), "run", self.path / "model.onnx", self.path / name], capture_output=True, check=True).stdout
                  for name in ("data.csv", "reversed.csv")]
        self.assertEqual(*scores)

    def test_boosting_with_missing_values(self):
        X, y = load_diabetes(return_X_y=True)
        X[::7, 3] = np.nan
        self.exported(HistGradientBoostingRegressor(max_iter=20).fit(X, y), X)

    def test_outliers(self):
        X = load_breast_cancer().data
        self.exported(IsolationForest(n_estimators=10, random_state=0).fit(X), X)

    def test_traps(self):
        X, y = load_diabetes(return_X_y=True)
        with self.assertRaisesRegex(ExportError, "exponential of the losses"):
            export(HistGradientBoostingRegressor(max_iter=20, loss="poisson").fit(X, y), X, self.path / "poisson")
        X[::7, 3] = np.nan
        with self.assertRaisesRegex(ExportError, "SimpleImputer"):
            export(RandomForestRegressor(10, random_state=0).fit(X, y), X, self.path / "forest")
        self.assertEqual(list(self.path.iterdir()), [])

    def test_labels_of_tied_classes(self):
        # Ten of twenty trees for each class: 0.5 each in scikit-learn, but not in float sums of 0.05.
        rng = np.random.default_rng(7)
        X = rng.normal(size=(400, 6)).astype(np.float32).astype(float)
        y = np.where(X[:, 0] + X[:, 1] * X[:, 2] > 0, "no", "yes, sir")
        forest = RandomForestClassifier(20, random_state=0).fit(X[::2], y[::2])
        result = export(forest, X, self.path)["comparison"]
        self.assertGreater(result["rows_with_tied_classes_and_another_label"], 0)
        self.assertEqual(result["rows_with_tied_classes_and_another_label"], result["rows_with_another_label"])
        self.assertEqual(result["rows_that_differ_unexplained"], 0)

    def test_labels_that_look_like_numbers(self):
        X, y = load_iris(return_X_y=True)
        self.exported(RandomForestClassifier(5, random_state=0).fit(X, np.array(["nan", "", "1.0"])[y]), X)
        self.assertFalse(export_sklearn.same_label("1", "1.0"))

    def test_truth_values(self):
        X, y = load_iris(return_X_y=True)
        frame = pd.get_dummies(pd.DataFrame({"width": X[:, 1], "kind": np.where(X[:, 3] > 1, "big", "small")}))
        self.assertIn(np.dtype(bool), set(frame.dtypes))
        self.exported(RandomForestClassifier(5, random_state=0).fit(frame, y), frame)
        self.exported(RandomForestClassifier(5, random_state=0).fit(X > 2, y), X > 2)

    def test_whole_and_real_numbers_of_one_transformer(self):
        X, y = load_iris(return_X_y=True, as_frame=True)
        X = X.assign(age=np.arange(len(X)) % 50 + 20, kind=np.where(X.iloc[:, 3] > 1, "big", "small"))
        X.iloc[::7, 2] = np.nan
        table = make_column_transformer((make_pipeline(SimpleImputer(), StandardScaler()), list(X.columns[:5])), (OneHotEncoder(), ["kind"]))
        self.exported(make_pipeline(table, RandomForestClassifier(5, random_state=0)).fit(X, y), X)

    def test_names_of_features_of_xgboost(self):
        try:
            from xgboost import XGBRegressor
        except ImportError:
            self.skipTest("no xgboost")
        X, y = load_diabetes(return_X_y=True, as_frame=True)
        model = XGBRegressor(n_estimators=5).fit(X, y)
        self.exported(model, X)
        self.assertEqual(model.get_booster().feature_names, list(X.columns))

    def test_what_is_no_difference(self):
        a = np.array([[1.0], [np.nan], [np.inf], [1.0], [np.inf], [1.0], [1.0]])
        b = np.array([[1.000001], [np.nan], [np.inf], [np.nan], [1.0], [np.inf], [1.1]])
        self.assertEqual(export_sklearn.differs(a, b).tolist(), [False, False, False, True, True, True, True])

    def test_categories_lie_on_no_threshold(self):
        class Category:  # as LightGBM's: what is left of a number without its fraction, looked up
            classes_ = []

            def predict(self, X):
                return np.where(np.trunc(X[:, 0]) == 3, 1.0, 0.0) + (X[:, 1] > 0.5)

        X = np.array([[3.0, 0.25], [4.0, 0.25], [np.nan, 0.5]])
        self.assertEqual(export_sklearn.on_threshold(Category(), X).tolist(), [False, False, True])

    def test_what_cannot_be_exported(self):
        X, y = load_iris(return_X_y=True)
        forest = RandomForestClassifier(2, random_state=0).fit(X, y)
        for message, estimator, data in [("does not predict", StandardScaler().fit(X), X), ("no rows", forest, X[:0]), ("rows x features", forest, X[:, 0]),
                                         ("fitted on 4 columns, the data have 3", forest, X[:, :3]), ("holds other things", forest, X.astype(str)),
                                         ("several labels for a row", RandomForestClassifier(2).fit(X, np.c_[y, y]), X), ("no estimator", object(), X),
                                         ("the exporter cannot convert it", RandomForestClassifier(), X),
                                         ("indicator columns", make_pipeline(SimpleImputer(add_indicator=True), RandomForestClassifier(2)).fit(np.where(X > 6, np.nan, X), y), np.where(X > 6, np.nan, X))]:
            with self.subTest(message), self.assertRaisesRegex(ExportError, message):
                export(estimator, data, self.path)
        self.assertEqual(list(self.path.iterdir()), [])

    def test_command_with_wrong_files(self):
        import joblib
        X, y = load_iris(return_X_y=True, as_frame=True)
        joblib.dump(RandomForestClassifier(2, random_state=0).fit(X, y), self.path / "forest.joblib")
        X.iloc[:, :3].to_csv(self.path / "narrow.csv", index=False)
        script = Path(__file__).resolve().parents[2] / "tools" / "export_sklearn.py"
        for estimator, data, message in [("absent.joblib", "narrow.csv", "cannot be loaded"), ("narrow.csv", "narrow.csv", "cannot be loaded"),
                                         ("forest.joblib", "absent.csv", "cannot be read"), ("forest.joblib", "narrow.csv", "lacks columns that the estimator was fitted on: petal width")]:
            process = subprocess.run([sys.executable, script, self.path / estimator, self.path / data, "-o", self.path / "out"], capture_output=True, text=True, check=False)
            self.assertEqual(process.returncode, 1)
            self.assertIn(message, process.stderr)
            self.assertNotIn("Traceback", process.stderr)

    def test_command(self):
        import joblib
        X, y = load_iris(return_X_y=True, as_frame=True)
        joblib.dump(RandomForestClassifier(5, random_state=0).fit(X, y), self.path / "forest.joblib")
        pd.concat([y, X[X.columns[::-1]]], axis=1).to_csv(self.path / "train.csv", index=False)
        script = Path(__file__).resolve().parents[2] / "tools" / "export_sklearn.py"
        printed = subprocess.run([sys.executable, script, self.path / "forest.joblib", self.path / "train.csv", "-o", self.path / "out"], capture_output=True, text=True, check=True).stdout
        self.assertIn("150 rows compared", printed)
        self.assertIn("0 differences unexplained", printed)


if __name__ == "__main__":
    unittest.main()

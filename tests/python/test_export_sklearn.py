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
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
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

/* The C++ header: ownership, spans, exceptions; values against those that scikit-learn and ONNX Runtime gave. */
#include <onnxtree/onnxtree.hpp>

#include <cstring>
#include <fstream>
#include <iterator>

extern "C" {
#include "support/npy.h"
#include "support/unit_test.h"
}

static_assert(std::is_nothrow_move_constructible_v<onnxtree::Model> && !std::is_copy_constructible_v<onnxtree::Model>, "a model moves");
static_assert(std::is_nothrow_move_assignable_v<onnxtree::Workspace> && !std::is_copy_assignable_v<onnxtree::Workspace>, "a workspace moves");

namespace {

const std::string forest = ONNXTREE_MODELS_DIR "/sk_forest_digits";

struct Array {
  npy_array array{};
  explicit Array(const std::string &path) { CU_ASSERT_FATAL(npy_read(path.c_str(), &array)); }
  ~Array() { npy_free(&array); }
  Array(const Array &) = delete;
  Array &operator=(const Array &) = delete;
  template <class T>
  std::vector<T> vector() const {
    const T *first = static_cast<const T *>(array.data);
    return std::vector<T>(first, first + array.rows * array.columns);
  }
};

template <class Call>
onnxtree_status thrown(Call call) {
  try {
    call();
  } catch (const onnxtree::Error &error) {
    CU_ASSERT(std::strlen(error.what()) > 0);
    return error.status();
  }
  return ONNXTREE_OK;
}

void test_predictions() {
  onnxtree::Model model(forest + "/model.onnx");
  std::vector<float> rows = Array(forest + "/input.npy").vector<float>();
  CU_ASSERT(model.labels(rows) == Array(forest + "/onnxruntime_0.npy").vector<std::int64_t>());
  CU_ASSERT(model.scores(rows) == Array(forest + "/onnxruntime_1.npy").vector<float>());
  CU_ASSERT_EQUAL(model.score_columns(), 10);
  CU_ASSERT_EQUAL(model.stats().trees, 8);
  CU_ASSERT_STRING_EQUAL(model.input(0).name, "X");

  onnxtree::Model text(ONNXTREE_MODELS_DIR "/sk_forest_strings/model.onnx");
  std::vector<float> flowers = Array(ONNXTREE_MODELS_DIR "/sk_forest_strings/input.npy").vector<float>();
  npy_array expected{};
  CU_ASSERT_FATAL(npy_read_lines(ONNXTREE_MODELS_DIR "/sk_forest_strings/onnxruntime_0.txt", &expected));
  std::vector<std::string_view> labels = text.text_labels(flowers);
  CU_ASSERT_EQUAL_FATAL(labels.size(), expected.rows);
  for (std::size_t r = 0; r < labels.size(); r++) CU_ASSERT(labels[r] == onnxtree::view(static_cast<onnxtree_string *>(expected.data)[r]));
  CU_ASSERT_EQUAL(thrown([&] { text.labels(flowers); }), ONNXTREE_TYPE_MISMATCH);
  npy_free(&expected);
}

void test_workspace() {
  onnxtree::Model model(forest + "/model.onnx");
  std::vector<float> rows = Array(forest + "/input.npy").vector<float>(), expected = model.scores(rows), scores(expected.size());
  std::size_t count = rows.size() / model.row_columns();
  onnxtree::WorkspaceOptions options;
  options.threads = 2;
  onnxtree::Workspace workspace(model, options);
  onnxtree::Model moved = std::move(model);
  const onnxtree_tensor inputs[] = {onnxtree::tensor("X", onnxtree::Span<const float>(rows), count, moved.row_columns())};
  const onnxtree_tensor outputs[] = {onnxtree::tensor("probabilities", onnxtree::Span<float>(scores), count, moved.score_columns())};
  onnxtree::RunOptions how;
  how.threads = 2;
  workspace.run(count, inputs, outputs, how);
  CU_ASSERT(scores == expected);
  how.threads = 3;
  CU_ASSERT_EQUAL(thrown([&] { workspace.run(count, inputs, outputs, how); }), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(thrown([&] { onnxtree::tensor("X", onnxtree::Span<const float>(rows), count + 1, moved.row_columns()); }), ONNXTREE_SHAPE_MISMATCH);
}

void test_failures() {
  CU_ASSERT_EQUAL(thrown([] { onnxtree::Model("/nonexistent/model.onnx"); }), ONNXTREE_IO);
  CU_ASSERT_EQUAL(thrown([] { onnxtree::Model("pickle", 6); }), ONNXTREE_MALFORMED);
  onnxtree::Limits limits;
  limits.max_trees = 2;
  onnxtree::LoadOptions options;
  options.limits = &limits;
  CU_ASSERT_EQUAL(thrown([&] { onnxtree::Model(forest + "/model.onnx", options); }), ONNXTREE_LIMIT_EXCEEDED);
  try {
    onnxtree::Model(ONNXTREE_MODELS_DIR "/bad/tree-cycle__self.onnx");
  } catch (const onnxtree::Error &error) {
    CU_ASSERT_STRING_EQUAL(error.code(), "tree-cycle");
  }
  onnxtree::Model model(forest + "/model.onnx");
  std::vector<float> rows(model.row_columns() * 2), scores(5);
  CU_ASSERT_EQUAL(thrown([&] { model.input(1); }), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(thrown([&] { model.predict(onnxtree::Span<const float>(rows), 2, onnxtree::Span<std::int64_t>(), onnxtree::Span<float>(scores)); }),
                  ONNXTREE_SHAPE_MISMATCH);
  rows.pop_back();
  CU_ASSERT_EQUAL(thrown([&] { model.scores(rows); }), ONNXTREE_SHAPE_MISMATCH);
  CU_ASSERT_EQUAL(thrown([&] { model.scores(std::vector<double>(model.row_columns())); }), ONNXTREE_TYPE_MISMATCH);
}

void test_memory() {
  std::ifstream file(forest + "/model.onnx", std::ios::binary);
  std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  onnxtree::Model model(bytes.data(), bytes.size());
  std::fill(bytes.begin(), bytes.end(), '\xff');
  bytes = {};
  CU_ASSERT(model.scores(Array(forest + "/input.npy").vector<float>()) == Array(forest + "/onnxruntime_1.npy").vector<float>());
}

}  // namespace

int main() {
  CU_TestInfo tests[] = {
      {"predictions", test_predictions}, {"workspace", test_workspace}, {"failures", test_failures}, {"memory", test_memory}, CU_TEST_INFO_NULL};
  return unit_test_run("wrapper", tests);
}

/* The C API for C++17 and later: move-only owners, spans whose sizes are checked, exceptions that carry the status. Header only. */
#ifndef ONNXTREE_ONNXTREE_HPP
#define ONNXTREE_ONNXTREE_HPP

#include <onnxtree/onnxtree.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace onnxtree {

/* What every function of this header throws when the C function below it fails, and when a span is too short. */
class Error : public std::runtime_error {
 public:
  /* `code` has static storage. */
  Error(onnxtree_status status, const char *code, const std::string &message) : std::runtime_error(message), status_(status), code_(code) {}
  /* From the record that a C function filled. */
  explicit Error(const onnxtree_error &error) : Error(error.status, error.code ? error.code : "", error.message) {}

  /* The kind of failure. */
  onnxtree_status status() const noexcept { return status_; }
  /* Stable name of the problem (docs/errors.md), e.g. "tree-cycle". */
  const char *code() const noexcept { return code_; }

 private:
  onnxtree_status status_;
  const char *code_;
};

/* Elements that somebody else owns: a pointer and a count, made from an array, a vector or anything with data() and size(). */
template <class T>
class Span {
 public:
  /* No elements. */
  constexpr Span() noexcept = default;
  /* `size` elements from `data` on. */
  constexpr Span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}
  /* A whole array. */
  template <std::size_t N>
  constexpr Span(T (&array)[N]) noexcept : data_(array), size_(N) {}
  /* All of a container. */
  template <class Container, class = std::enable_if_t<std::is_convertible_v<decltype(std::declval<Container &>().data()), T *>>>
  constexpr Span(Container &container) noexcept : data_(container.data()), size_(container.size()) {}
  /* All of a constant or temporary container, which must outlive the span. */
  template <class Container, class = std::enable_if_t<std::is_convertible_v<decltype(std::declval<const Container &>().data()), T *>>, class = void>
  constexpr Span(const Container &container) noexcept : data_(container.data()), size_(container.size()) {}

  /* First element. */
  constexpr T *data() const noexcept { return data_; }
  /* Number of elements. */
  constexpr std::size_t size() const noexcept { return size_; }
  /* An element; the index is not checked. */
  constexpr T &operator[](std::size_t index) const noexcept { return data_[index]; }
  /* For range-based loops. */
  constexpr T *begin() const noexcept { return data_; }
  /* For range-based loops. */
  constexpr T *end() const noexcept { return data_ + size_; }

 private:
  T *data_ = nullptr;
  std::size_t size_ = 0;
};

/* The onnxtree_type of a C++ type: float, double, int32_t, int64_t, bool, onnxtree_string. */
template <class T>
constexpr onnxtree_type type_of() noexcept {
  using U = std::remove_cv_t<T>;
  if constexpr (std::is_same_v<U, float>) return ONNXTREE_FLOAT;
  else if constexpr (std::is_same_v<U, double>) return ONNXTREE_DOUBLE;
  else if constexpr (std::is_same_v<U, std::int32_t>) return ONNXTREE_INT32;
  else if constexpr (std::is_same_v<U, std::int64_t>) return ONNXTREE_INT64;
  else if constexpr (std::is_same_v<U, bool>) return ONNXTREE_BOOL;
  else {
    static_assert(std::is_same_v<U, onnxtree_string>, "a tensor holds float, double, int32_t, int64_t, bool or onnxtree_string");
    return ONNXTREE_STRING;
  }
}

/* Text of the C API. */
inline std::string_view view(const onnxtree_string &text) noexcept { return {text.data, text.size}; }

/* How a model is loaded. This and the next three are the records of the C API with the defaults filled in. */
struct LoadOptions : onnxtree_load_options {
  LoadOptions() noexcept : onnxtree_load_options(ONNXTREE_LOAD_OPTIONS_INIT) {}
};
/* Upper bounds, 0 meaning the defaults. */
struct Limits : onnxtree_limits {
  Limits() noexcept : onnxtree_limits(ONNXTREE_LIMITS_INIT) {}
};
/* How large a workspace is. */
struct WorkspaceOptions : onnxtree_workspace_options {
  WorkspaceOptions() noexcept : onnxtree_workspace_options(ONNXTREE_WORKSPACE_OPTIONS_INIT) {}
};
/* Threads and cancellation of one run. */
struct RunOptions : onnxtree_run_options {
  RunOptions() noexcept : onnxtree_run_options(ONNXTREE_RUN_OPTIONS_INIT) {}
};

namespace detail {
inline void check(onnxtree_status status, const onnxtree_error &error) {
  if (status != ONNXTREE_OK) throw Error(error);
}
[[noreturn]] inline void refuse(onnxtree_status status, const char *code, const std::string &message) { throw Error(status, code, message); }
inline void need(std::size_t given, std::size_t rows, std::size_t columns, const char *what) {
  if (columns == 0 || given / columns >= rows) return;
  refuse(ONNXTREE_SHAPE_MISMATCH, "shape-mismatch",
         std::string(what) + " has " + std::to_string(given) + " elements; " + std::to_string(rows) + " rows of " + std::to_string(columns) +
             " are needed");
}
}  // namespace detail

/* One matrix of rows in or out, for Workspace::run(). `name`: NULL means the input or output at the same position. */
template <class T>
onnxtree_tensor tensor(const char *name, Span<T> data, std::size_t rows, std::size_t columns) {
  detail::need(data.size(), rows, columns, name ? name : "a tensor");
  return {name, type_of<T>(), rows, columns, 0, const_cast<std::remove_cv_t<T> *>(data.data())};
}

/* A loaded model. Const functions may be called by any number of threads at once. */
class Model {
 public:
  /* Load a file. */
  explicit Model(const char *path, const LoadOptions &options = {}) {
    onnxtree_model *model = nullptr;
    onnxtree_error error{};
    detail::check(onnxtree_model_load_file(path, &options, &model, &error), error);
    model_.reset(model);
  }
  /* Load a file. */
  explicit Model(const std::string &path, const LoadOptions &options = {}) : Model(path.c_str(), options) {}
  /* Load from memory, which is not needed afterwards. */
  Model(const void *bytes, std::size_t size, const LoadOptions &options = {}) {
    onnxtree_model *model = nullptr;
    onnxtree_error error{};
    detail::check(onnxtree_model_load_memory(bytes, size, &options, &model, &error), error);
    model_.reset(model);
  }

  /* The C handle, still owned by this object. */
  const onnxtree_model *get() const noexcept { return model_.get(); }

  /* Number of inputs. */
  std::size_t input_count() const noexcept { return onnxtree_model_input_count(get()); }
  /* Number of outputs. */
  std::size_t output_count() const noexcept { return onnxtree_model_output_count(get()); }
  /* The i-th input; what it points to lives as long as the model. */
  onnxtree_value_info input(std::size_t index) const { return info(onnxtree_model_input, index); }
  /* The i-th output. */
  onnxtree_value_info output(std::size_t index) const { return info(onnxtree_model_output, index); }
  /* Sizes of the model. */
  onnxtree_model_stats stats() const {
    onnxtree_model_stats stats = ONNXTREE_MODEL_STATS_INIT;
    (void)onnxtree_model_get_stats(get(), &stats);
    return stats;
  }
  /* Where the model comes from. */
  onnxtree_model_metadata metadata() const {
    onnxtree_model_metadata metadata = ONNXTREE_MODEL_METADATA_INIT;
    (void)onnxtree_model_get_metadata(get(), &metadata);
    return metadata;
  }
  /* Columns of one row. */
  std::size_t row_columns() const { return input(0).columns; }
  /* Scores of one row, 0 if the model has no score output. */
  std::size_t score_columns() const {
    int index = onnxtree_model_score_output(get());
    return index < 0 ? 0 : output(static_cast<std::size_t>(index)).columns;
  }

  /* onnxtree_predict(): rows one after the other, row_columns() elements each. Empty spans are not filled. */
  template <class T, class Label = std::int64_t>
  void predict(Span<const T> rows, std::size_t row_count, Span<Label> labels, Span<float> scores) const {
    detail::need(rows.size(), row_count, row_columns(), "rows");
    check_labels(labels, row_count);
    if (scores.size() > 0) detail::need(scores.size(), row_count, score_columns(), "scores");
    onnxtree_error error{};
    detail::check(onnxtree_predict(get(), type_of<T>(), rows.data(), row_count, 0, labels.size() > 0 ? labels.data() : nullptr,
                                   scores.size() > 0 ? scores.data() : nullptr, &error),
                  error);
  }

  /* The scores of all rows, [rows x score_columns()]. */
  template <class Rows>
  std::vector<float> scores(const Rows &rows) const {
    auto data = span_of(rows);
    std::size_t count = row_count(data.size());
    std::vector<float> result(count * score_columns());
    predict(data, count, Span<std::int64_t>(), Span<float>(result));
    return result;
  }

  /* The labels of all rows, when they are integers. */
  template <class Rows>
  std::vector<std::int64_t> labels(const Rows &rows) const {
    auto data = span_of(rows);
    std::vector<std::int64_t> result(row_count(data.size()));
    predict(data, result.size(), Span<std::int64_t>(result), Span<float>());
    return result;
  }

  /* The labels of all rows, when they are text; they live as long as the model. */
  template <class Rows>
  std::vector<std::string_view> text_labels(const Rows &rows) const {
    auto data = span_of(rows);
    std::vector<onnxtree_string> found(row_count(data.size()));
    predict(data, found.size(), Span<onnxtree_string>(found), Span<float>());
    std::vector<std::string_view> result;
    for (const onnxtree_string &label : found) result.push_back(view(label));
    return result;
  }

 private:
  template <class Rows>
  static auto span_of(const Rows &rows) {
    using T = std::remove_cv_t<std::remove_pointer_t<decltype(rows.data())>>;
    return Span<const T>(rows.data(), rows.size());
  }
  std::size_t row_count(std::size_t elements) const {
    std::size_t columns = row_columns();
    if (columns == 0 || elements % columns != 0)
      detail::refuse(ONNXTREE_SHAPE_MISMATCH, "shape-mismatch",
                     std::to_string(elements) + " elements are no whole number of rows of " + std::to_string(columns));
    return elements / columns;
  }
  template <class Label>
  void check_labels(Span<Label> labels, std::size_t row_count) const {
    int index = onnxtree_model_label_output(get());
    if (labels.size() == 0 || index < 0) return;
    detail::need(labels.size(), row_count, 1, "labels");
    onnxtree_type type = output(static_cast<std::size_t>(index)).type;
    if (type != type_of<Label>())
      detail::refuse(ONNXTREE_TYPE_MISMATCH, "type-mismatch", std::string("the labels of the model are of type ") + onnxtree_type_name(type));
  }
  template <class Function>
  onnxtree_value_info info(Function function, std::size_t index) const {
    onnxtree_value_info found = ONNXTREE_VALUE_INFO_INIT;
    if (function(get(), index, &found) != ONNXTREE_OK)
      detail::refuse(ONNXTREE_INVALID_ARGUMENT, "argument", "the model has no input or output of this index");
    return found;
  }

  struct Free {
    void operator()(onnxtree_model *model) const noexcept { onnxtree_model_free(model); }
  };
  std::unique_ptr<onnxtree_model, Free> model_;
};

/* Scratch memory of one thread, so that run() never allocates. The model must outlive it; moving the Model object is fine. */
class Workspace {
 public:
  /* For a model, which must outlive it. */
  explicit Workspace(const Model &model, const WorkspaceOptions &options = {}) : model_(model.get()) {
    onnxtree_workspace *workspace = nullptr;
    onnxtree_error error{};
    detail::check(onnxtree_workspace_create(model_, &options, &workspace, &error), error);
    workspace_.reset(workspace);
  }

  /* The C handle, still owned by this object. */
  onnxtree_workspace *get() const noexcept { return workspace_.get(); }

  /* onnxtree_run(). A callback in the options must not throw. */
  void run(std::size_t rows, Span<const onnxtree_tensor> inputs, Span<const onnxtree_tensor> outputs, const RunOptions &options = {}) {
    onnxtree_error error{};
    detail::check(onnxtree_run(model_, get(), rows, inputs.data(), inputs.size(), outputs.data(), outputs.size(), &options, &error), error);
  }

 private:
  struct Free {
    void operator()(onnxtree_workspace *workspace) const noexcept { onnxtree_workspace_free(workspace); }
  };
  const onnxtree_model *model_;
  std::unique_ptr<onnxtree_workspace, Free> workspace_;
};

}  // namespace onnxtree

#endif

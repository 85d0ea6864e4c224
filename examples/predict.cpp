// Loads a model and scores two flowers in C++17; a file that is no model ends in an exception with its status.
#include <onnxtree/onnxtree.hpp>

#include <cstdio>

int main(int argc, char **argv) try {
  if (argc != 2) {
    std::fprintf(stderr, "usage: predict MODEL\n");
    return 2;
  }
  const onnxtree::Model model(argv[1]);
  const std::vector<float> rows = {5.1f, 3.5f, 1.4f, 0.2f, 6.3f, 3.3f, 6.0f, 2.5f};
  const std::vector<std::int64_t> labels = model.labels(rows);
  const std::vector<float> probabilities = model.scores(rows);
  for (std::size_t r = 0; r < labels.size(); r++)
    std::printf("class %d with probability %.3f\n", static_cast<int>(labels[r]),
                static_cast<double>(probabilities[r * model.score_columns() + static_cast<std::size_t>(labels[r])]));
  return 0;
} catch (const onnxtree::Error &error) {
  std::fprintf(stderr, "%s (%s)\n", error.what(), onnxtree_status_name(error.status()));
  return 1;
}

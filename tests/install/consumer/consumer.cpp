// A program of somebody else, in C++17.
#include <onnxtree/onnxtree.hpp>

#include <cstdio>

int main(int argc, char **argv) try {
  if (argc != 2) return 2;
  onnxtree::Model model(argv[1]);
  const std::vector<float> row = {5.1f, 3.5f, 1.4f, 0.2f};
  std::printf("onnxtree %s: label %d\n", onnxtree_version(), static_cast<int>(model.labels(row).at(0)));
} catch (const onnxtree::Error &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}

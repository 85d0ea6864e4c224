# The headers have plain comments; this makes them Doxygen's. Lines of dashes only divide a file.
1s#^/\* #/** @file\n * #
/^ *\/\* ----/b
s#^\( *\)/\* #\1/** #
s#\([;,{]\|[0-9A-Z_"]\)\( *\)/\* #\1\2/**< #
s#^\#define ONNXTREE_[A-Z_]*_INIT#/** The defaults, with struct_size set. */\n&#
s#^  size_t struct_size;$#  size_t struct_size; /**< sizeof the record */#

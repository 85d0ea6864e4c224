#include "output/element.h"

bool append_element(struct buffer *text, onnxtree_type type, const void *element) {
  switch (type) {
    case ONNXTREE_FLOAT:
      append_float(text, *(const float *)element);
      return true;
    case ONNXTREE_DOUBLE:
      append_double(text, *(const double *)element);
      return true;
    case ONNXTREE_INT32:
      append_integer(text, *(const int32_t *)element);
      return true;
    case ONNXTREE_INT64:
      append_integer(text, *(const int64_t *)element);
      return true;
    case ONNXTREE_BOOL:
      append_text(text, *(const unsigned char *)element ? "true" : "false");
      return true;
    default:
      return false;
  }
}

# onnx.pb-c.h and onnx.pb-c.c from the ONNX definitions of a package; proto/README.md explains the edits.

find_file(ONNXTREE_ONNX_PROTO NAMES onnx/onnx.proto onnx/onnx-ml.proto PATHS /usr/include /usr/local/include
          DOC "onnx.proto or onnx-ml.proto (Debian: libonnx-dev)")
find_program(ONNXTREE_PROTOC_C NAMES protoc-c DOC "compiler of protobuf-c (Debian: protobuf-c-compiler)")
find_program(ONNXTREE_PROTOC NAMES protoc DOC "protobuf compiler, used with protoc-gen-c where protoc-c is gone")
if(NOT ONNXTREE_ONNX_PROTO)
  message(FATAL_ERROR "onnx.proto was not found. Install libonnx-dev, or set ONNXTREE_ONNX_PROTO to a copy of onnx.proto or onnx-ml.proto.")
endif()
if(NOT ONNXTREE_PROTOC_C AND NOT ONNXTREE_PROTOC)
  message(FATAL_ERROR "protoc-c was not found. Install protobuf-c-compiler.")
endif()

# Replaces the one match of a regular expression; anything but one match means that the definitions are not those we know.
function(onnxtree_replace_once text expression replacement)
  string(REGEX MATCHALL "${expression}" matches "${${text}}")
  list(LENGTH matches count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "${ONNXTREE_ONNX_PROTO}: '${expression}' matches ${count} times; 1 was expected")
  endif()
  string(REGEX REPLACE "${expression}" "${replacement}" result "${${text}}")
  set(${text} "${result}" PARENT_SCOPE)
endfunction()

set(onnxtree_proto_dir "${CMAKE_CURRENT_BINARY_DIR}/proto")
file(READ "${ONNXTREE_ONNX_PROTO}" definitions)
# Semicolons would make a list of the text.
string(REPLACE ";" "@SEMICOLON@" definitions "${definitions}")
onnxtree_replace_once(definitions "\npackage onnx@SEMICOLON@" "\npackage onnxtree.pb@SEMICOLON@")
onnxtree_replace_once(definitions "repeated AttributeProto attribute = 5@SEMICOLON@" "repeated bytes attribute = 5@SEMICOLON@")
onnxtree_replace_once(definitions "\noption optimize_for = LITE_RUNTIME@SEMICOLON@" "\noption optimize_for = CODE_SIZE@SEMICOLON@")
string(REPLACE "@SEMICOLON@" ";" definitions "${definitions}")
file(MAKE_DIRECTORY "${onnxtree_proto_dir}")
file(CONFIGURE OUTPUT "${onnxtree_proto_dir}/onnx.proto" CONTENT "${definitions}" @ONLY NEWLINE_STYLE UNIX)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${ONNXTREE_ONNX_PROTO}")

if(ONNXTREE_PROTOC_C)
  set(onnxtree_protoc_command ${ONNXTREE_PROTOC_C} --c_out=. onnx.proto)
else()
  set(onnxtree_protoc_command ${ONNXTREE_PROTOC} --c_out=. onnx.proto)
endif()
add_custom_command(
  OUTPUT "${onnxtree_proto_dir}/onnx.pb-c.c" "${onnxtree_proto_dir}/onnx.pb-c.h"
  COMMAND ${onnxtree_protoc_command}
  WORKING_DIRECTORY "${onnxtree_proto_dir}"
  DEPENDS "${onnxtree_proto_dir}/onnx.proto"
  COMMENT "Generating onnx.pb-c.c"
  VERBATIM)

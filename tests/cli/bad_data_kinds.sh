#!/bin/sh
# Kinds of bad data. Each gives its message, its exit code, and no file under its final name; docs/data.md tells of each.
# bad_data_kinds.sh COMMAND MODELS
set -u
program=$1
MODELS=$2
DATA=$(cd "$(dirname "$0")" && pwd)/data
docs=$DATA/../../../docs/data.md
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/out" || exit 1
cd "$scratch" || exit 1
iris=$MODELS/sk_tree_iris/model.onnx
columns=$DATA/columns.onnx
npy=$MODELS/sk_tree_iris/input.npy
count=0
failures=0

# kind NAME CODE MESSAGE MODEL DATA [OPTION...]: DATA "-" reads what is in ./data
kind() {
  name=$1 code=$2 message=$3 model=$4 data=$5
  shift 5
  count=$((count + 1))
  rm -rf out/*
  "$program" run "$model" "$data" -o out/scores.csv "$@" < data > stdout 2> stderr
  found=$?
  [ "$found" -eq "$code" ] || { echo "$name: exit code $found, expected $code"; failures=$((failures + 1)); }
  grep -qF -e "$message" stderr || { echo "$name: the message lacks '$message':"; head -n 3 stderr; failures=$((failures + 1)); }
  [ -z "$(ls out)" ] || { echo "$name: there is $(ls out)"; failures=$((failures + 1)); }
  [ ! -s stdout ] || { echo "$name: something on standard output"; failures=$((failures + 1)); }
  grep -qF -e "| $name |" "$docs" || { echo "$name: docs/data.md does not tell of it"; failures=$((failures + 1)); }
}

# csv TEXT: a printf format becomes ./data
csv() {
  # shellcheck disable=SC2059 # it is one
  printf "$1" > data
}

# array DESCR FORTRAN SHAPE BYTES: a NumPy file of zeros
array() {
  sh "$DATA/array.sh" "{'descr': $1, 'fortran_order': $2, 'shape': $3, }" "$4" > data
}

# ---- rows and cells
csv '1,2,3,4\n1,2,3\n'; kind 'a row that is too short' 4 'data:2: the row has 3 cells, the first row has 4' "$iris" data
csv '1,2,3,4\n1,2,3,4,5\n'; kind 'a row that is too long' 4 'data:2: the row has 5 cells, the first row has 4' "$iris" data
csv 'a,b,c,d\n1,abc,3,4\n'; kind 'text in place of a number' 4 "data:2:2 'b': 'abc' is not a number" "$iris" data
csv 'a,b,c,d\n1,0x1p3,3,4\n'; kind 'a hexadecimal number' 4 "'0x1p3' is not a number" "$iris" data
csv 'a,b,c,d\n1,1_000,3,4\n'; kind 'digits in groups' 4 "'1_000' is not a number" "$iris" data
csv 'a,b,c,d\n1,"1,5",3,4\n'; kind 'a decimal comma' 4 "'1,5' is not a number" "$iris" data
csv '1,2,3,1e999\n'; kind 'a number beyond float' 4 "'1e999' is beyond the range of a float" "$iris" data
csv 'age,fare,rooms\n1,1e999,3\n'; kind 'a number beyond double' 4 "'1e999' is beyond the range of a double" "$columns" data
csv 'age,fare,rooms\n1,2,9223372036854775808\n'; kind 'a number beyond int64' 4 'is beyond the range of int64' "$columns" data
csv '1,2,3,4,2147483648\n'; kind 'a number beyond int32' 4 'is beyond the range of int32' "$MODELS/hand_int32/model.onnx" data
csv 'age,fare,rooms\n1,2,2.5\n'; kind 'a fraction in place of a whole number' 4 "'2.5' is not a whole number" "$columns" data
csv 'age,fare,rooms\n1,2,\n'; kind 'a whole number that is missing' 4 "'' is missing, and a whole-number input has no missing value" "$columns" data
# ---- text
csv '1,2,3,4\n1,2,\0003,4\n'; kind 'a NUL byte' 4 'data:2: a NUL byte: this is not UTF-8 text' "$iris" data
csv 'a,b\000,c,d\n1,2,3,4\n'; kind 'a NUL byte in the header' 4 'data:1: a NUL byte' "$iris" data
csv '\377\3761\000'; kind 'UTF-16, little-endian' 4 'is UTF-16 text; UTF-8 is expected' "$iris" data
csv '\376\377\0001'; kind 'UTF-16, big-endian' 4 'is UTF-16 text; UTF-8 is expected' "$iris" data
csv '1,2,3,4\r1,2,3,4\r'; kind 'lines that end in CR alone' 4 'has a carriage return; lines must end in LF or CRLF' "$iris" data
csv '1,2,3,4\n1,2,3,"4\n'; kind 'a quote that is not closed' 4 'data:2:4: the cell has a quote that is never closed' "$iris" data
csv '1,2,3,4\n1,2,3",4\n"\n'; kind 'a quote in the middle' 4 'data:2:3: the cell has a quote in the middle' "$iris" data
csv '1,2,3,4\n1,2,"3"x,4\n'; kind 'text after a quote' 4 'data:2:3: the cell has text after its closing quote' "$iris" data
head -c 70000000 /dev/zero | tr '\0' 1 > data; kind 'a line without an end' 4 'data:1: the line is longer than 64 MiB' "$iris" data
{ printf '1,2,3,"'; head -c 70000000 /dev/zero | tr '\0' '\n'; } > data; kind 'a cell without an end' 4 'a quote is not closed within 64 MiB' "$iris" data
head -c 1000001 /dev/zero | tr '\0' , > data; kind 'more than a million columns' 4 'is one column too many' "$iris" data
# ---- columns
csv '1;2;3;4\n'; kind 'semicolons' 4 "add --delimiter ';'" "$iris" data
csv '1\t2\t3\t4\n'; kind 'tabs' 4 'add --delimiter tab' "$iris" data
csv '1|2|3|4\n'; kind 'bars' 4 "add --delimiter '|'" "$iris" data
csv '1,2,3\n'; kind 'too few columns' 4 'the model needs 4 columns, the data have 3' "$iris" data
csv '1,2,3,4,5\n'; kind 'too many columns' 4 'the model needs 4 columns, the data have 5' "$iris" data
csv 'age,Fare,rooms\n1,2,3\n'; kind 'a column with another name' 4 "the header has no column 'fare'" "$columns" data
csv 'age,age,fare,rooms\n1,1,2,3\n'; kind 'a column twice' 4 "the header has several columns 'age'" "$columns" data
csv 'age,fare,rooms,id\n1,2,3,4\n'; kind 'a column that is not used' 4 'are no inputs of the model' "$columns" data --strict
csv 'age,fare,rooms\n1,2,3\n'; kind 'a column to keep that is not there' 4 "--keep: the header has no column 'id'" "$columns" data --keep id
csv 'age,fare,rooms\n1,2,3\n'; kind 'a column to map that is not there' 4 "--map: the header has no column 'old'" "$columns" data --map old=age
csv '1,2,3\n'; kind 'names without a header' 4 'has no header, and --keep names columns' "$columns" data --keep id
# ---- NumPy
head -c 1000 "$npy" > data; kind 'an array that is cut off' 4 'it is cut off' "$iris" data
head -c 1000 "$npy" > data; kind 'an array that is cut off in a pipe' 4 'stdin: is cut off: 54 of 84 rows are there' "$iris" -
{ cat "$npy"; echo; } > data; kind 'something after the array' 4 'something follows the array' "$iris" -
head -c 60 "$npy" > data; kind 'a header that is cut off' 4 'is cut off inside its header' "$iris" data
array "'>f4'" False '(2, 4)' 32; kind 'a big-endian array' 4 "has elements of type '>f4'" "$iris" data
array "'<f2'" False '(2, 4)' 16; kind 'an array of half floats' 4 "has elements of type '<f2'" "$iris" data
array "'<c8'" False '(2, 4)' 64; kind 'an array of complex numbers' 4 "has elements of type '<c8'" "$iris" data
array "'|O'" False '(2, 4)' 32; kind 'an array of objects' 4 "has elements of type '|O'" "$iris" data
array "'<U5'" False '(2, 4)' 160; kind 'an array of texts' 4 "has elements of type '<U5'" "$iris" data
array "[('a', '<f4')]" False '(2,)' 8; kind 'a structured array' 4 'is a structured array' "$iris" data
array "'<f4'" True '(2, 4)' 32; kind 'an array in Fortran order' 4 'is stored column by column (Fortran order)' "$iris" data
array "'<f4'" False '(1, 2, 4)' 32; kind 'an array of three dimensions' 4 'has 3 dimensions' "$iris" data
array "'<f4'" False '()' 4; kind 'an array without dimensions' 4 'has 0 dimensions' "$iris" data
array "'<f4'" False '(2, 0)' 0; kind 'an array without columns' 4 'has a shape that no file can have, or no columns' "$iris" data
array "'<f4'" False '(4611686018427387904, 4)' 0; kind 'an impossible shape' 4 'has a shape that no file can have' "$iris" data
array "'<f4'" False '(2, 3)' 24; kind 'an array of another width' 4 'the model needs 4 columns, the data have 3' "$iris" data
array "'<f4'" False '(4,)' 16; kind 'one row as a vector' 4 'a 1-D array is read as one column' "$iris" data
array "'<f8'" False '(2, 6)' 96; kind 'fractions for whole numbers' 4 "holds float64, but the model's input has type int64" "$MODELS/sk_int64_forest/model.onnx" data
{ head -c 128 "$npy" | sed "s/<f4/<f8/; s/(84, 4)/(1, 4) /"; printf '\0\0\0\0\0\0\360\177\0\0\0\0\0\0\360\177\0\0\0\0\0\0\360\177\377\377\377\377\377\377\357\177'; } > data
kind 'a double beyond float' 4 'row 1, column 4: the value is beyond the range of float' "$iris" data
sed 's/descr/dtype/' "$npy" > data; kind 'a header of another form' 4 'the header has a key other than' "$iris" data
printf '\223NUMPY\011\000\166\000\000\000' > data; kind 'a version that does not exist' 4 'is of a .npy version that does not exist' "$iris" data
echo hello > data.npy; kind 'no array at all' 4 'is not a NumPy .npy file' "$iris" data.npy
# ---- files of other kinds
printf '\037\213\010\0' > data; kind 'gzip' 4 'is compressed with gzip' "$iris" data
printf 'PK\003\004' > data; kind 'a zip archive' 4 'is a zip archive' "$iris" data
printf 'PAR1abc' > data; kind 'Parquet' 4 'is a Parquet file' "$iris" data
kind 'a model' 4 'is an ONNX model, not a table of rows' "$iris" "$iris"
kind 'a folder' 5 'is a directory' "$iris" .
kind 'no file' 5 'cannot be opened: No such file or directory' "$iris" missing.csv

# ---- where the results go
csv '5,3,1.5,0.2\n'
rm -rf out/*
"$program" run "$iris" data -o /dev/full 2> stderr
[ $? -eq 5 ] && grep -qF 'No space left on device' stderr || { echo "a full disk: $(cat stderr)"; failures=$((failures + 1)); }
# A limit on the size of files acts like a disk that fills up midway.
awk 'BEGIN { for (i = 0; i < 20000; i++) print "5,3,1.5,0.2" }' > data
(ulimit -f 8; exec "$program" run "$iris" data -o out/scores.csv) 2> stderr && { echo "a file that cannot grow: no failure"; failures=$((failures + 1)); }
[ -z "$(ls out)" ] || { echo "a file that cannot grow: there is $(ls out)"; failures=$((failures + 1)); }
# A reader that goes away ends the command silently, by the signal.
{ "$program" run "$iris" data 2> stderr; echo $? > code; } | head -n 1 > /dev/null
[ ! -s stderr ] && [ "$(cat code)" -eq 141 ] || { echo "a closed pipe: $(cat code) $(cat stderr)"; failures=$((failures + 1)); }

[ "$count" -ge 40 ] || { echo "only $count kinds"; failures=$((failures + 1)); }
[ "$failures" -eq 0 ]

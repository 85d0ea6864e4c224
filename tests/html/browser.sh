#!/bin/sh
# Opens a model card in a headless browser: it fetches nothing, its charts are drawn, and a tree that is opened shows its leaves.
# browser.sh COMMAND MODELS; 77: there is no browser
set -eu
command=$1
model=$2/sk_tree_iris/model.onnx
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || exit 77
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$command" inspect --html "$scratch/card.html" "$model"

# Nothing is loaded from anywhere, and there is no script.
if grep -niE '<script|<link|<img|src=|href=|@import|url\(|https?:' "$scratch/card.html"; then
  echo "the page refers to something outside"
  exit 1
fi

# The page itself has no script: this one clicks and measures, then leaves its findings in the document.
cp "$scratch/card.html" "$scratch/probe.html"
cat >> "$scratch/probe.html" << 'END'
<script>
  const tree = document.getElementById("tree-0-0"), leaves = [...tree.querySelectorAll("p")];
  const before = +leaves[8].checkVisibility();
  tree.querySelector("summary").click();
  const branch = tree.querySelector(".nodes summary"), after = +leaves[8].checkVisibility();
  const rects = [...document.querySelectorAll("svg rect")].filter(r => r.getBoundingClientRect().width > 0).length;
  branch.click();
  const folded = +leaves[8].checkVisibility();
  branch.click();
  document.title = JSON.stringify({before, after, folded, rects, leaf: leaves[8].innerText.trim(), test: branch.innerText.trim(),
                                   hash: document.getElementById("sha256").innerText});
</script>
END
timeout 120 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$scratch/profile" --virtual-time-budget=2000 --dump-dom \
  "file://$scratch/probe.html" > "$scratch/dom" 2> "$scratch/log" || { tail -n 5 "$scratch/log"; exit 1; }
found=$(sed -n 's,.*<title>\({.*}\)</title>.*,\1,p' "$scratch/dom")
expect() { echo "$found" | grep -qF "$1" || { echo "the page lacks: $1"; echo "  $found"; exit 1; }; }
# The values are those of the tree in scikit-learn: petal length <= 2.45 at the root, the last leaf is all of class 2.
expect '"before":0,"after":1,"folded":0'
expect '"leaf":"no class 0 0, class 1 0, class 2 1 leaf 8"'
expect '"test":"x[2] &lt;= 2.4499998 node 0"'
expect "\"hash\":\"$(sha256sum "$model" | cut -c 1-64)\""
expect '"rects":9'

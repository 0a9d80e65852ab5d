#!/bin/sh
# 用法：sh install.sh [目标文件夹]，默认 /opt/mingzhang。只用本文件夹里的安装包，不联网。
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/mingzhang}
python=${PYTHON:-python3.11}

"$python" -c "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))" 2>/dev/null || {
  echo "没有可用的 Python 3.11：请先从系统安装盘装好 python3.11 和 python3.11-venv，再运行一次。" >&2
  exit 2
}
mkdir -p "$target"
"$python" -m venv --clear "$target/.venv"
pip() { "$target/.venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }
pip install --no-index --find-links "$here/wheels" --no-deps --require-hashes -r "$here/requirements.txt"
pip install --no-index --no-deps "$here"/wheels/mingzhang-*.whl
cp -R "$here/deploy" "$target/"
echo "明账 $("$target/.venv/bin/mingzhang" --version) 已装好：$target/.venv/bin/mingzhang"

#!/usr/bin/env bash
# Brings what Segue needs: system packages, and Python packages into .venv.
#
#   packaging/install.sh [--print] all|system|python [run|test]
#   packaging/install.sh [--print] desktop
#
# `run` is what the player needs, `test` adds what the tests need. Safe to repeat: when nothing is
# missing it only looks. `desktop` adds Segue to this user's application menu. --print shows what
# would be done and does nothing.
#
#   TORCH=cpu|cuda                  which build of torch on Linux (default: cpu, or what is there)
#   PIP_FIND_LINKS=FOLDER           a folder of wheels to use, for example for torch
#   SEGUE_SYSTEM=skip               leave the system packages alone
#   SEGUE_PACKAGE_MANAGER=NAME      apt, dnf, pacman, brew, winget or none, instead of looking
#   SEGUE_PYTHON=PROGRAM            the Python to build .venv with (3.11 or later)
#   SEGUE_VENV=FOLDER               another place for .venv
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
VENV="${SEGUE_VENV:-$ROOT/.venv}"
STAMP="$VENV/segue-installed"
UNFINISHED="$VENV/segue-unfinished"
TORCH_CPU_VERSION="2.13.0"
TORCH_CPU_INDEX="https://download.pytorch.org/whl/cpu"
METAINFO="io.github.segue.Segue.metainfo.xml"
PRINT=""
AGAIN=""

# libVLC with the plug-ins for every format we play, the libraries Qt's xcb needs, and a font.
APT_RUN="libvlc5 vlc-plugin-base libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4
    libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-sync1
    libxcb-xfixes0 libxcb-xkb1 libdbus-1-3 libfontconfig1 libgssapi-krb5-2 fonts-dejavu-core"
APT_TEST="xvfb pulseaudio-utils dbus playerctl"
DNF_RUN="vlc libxkbcommon-x11 xcb-util-cursor xcb-util-wm xcb-util-image xcb-util-keysyms
    xcb-util-renderutil mesa-libEGL mesa-libGL dbus-libs fontconfig dejavu-sans-fonts"
DNF_TEST="xorg-x11-server-Xvfb pulseaudio-utils dbus-daemon playerctl"
PACMAN_RUN="vlc vlc-plugins-all libxkbcommon-x11 xcb-util-cursor xcb-util-wm xcb-util-image
    xcb-util-keysyms xcb-util-renderutil libglvnd dbus fontconfig ttf-dejavu"
PACMAN_TEST="xorg-server-xvfb libpulse playerctl"

say() { printf 'segue: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
words() { printf '%s' "$*" | tr -s '[:space:]' ' '; }
has() { command -v "$1" >/dev/null 2>&1; }

run() {
    if [ -n "$PRINT" ]; then words "would run:" "$@"; printf '\n'; else "$@"; fi
}

package_manager() {
    local name
    if [ -n "${SEGUE_PACKAGE_MANAGER:-}" ]; then
        printf '%s' "$SEGUE_PACKAGE_MANAGER"
        return
    fi
    for name in apt:apt-get dnf:dnf pacman:pacman brew:brew winget:winget; do
        if has "${name#*:}"; then printf '%s' "${name%%:*}"; return; fi
    done
    printf 'none'
}

# ---- system packages -------------------------------------------------------------------------

missing_from_apt() { # PACKAGE... -> those not installed
    local installed package
    installed=" $(dpkg-query -W -f '${db:Status-Abbrev}${Package} ' "$@" 2>/dev/null || true)"
    for package in "$@"; do
        case "$installed" in *" ii $package "*) ;; *) printf '%s ' "$package" ;; esac
    done
}

python_packages_of_apt() { # what Debian leaves out of Python, when .venv has still to be built
    local python
    [ -x "$(venv_python)" ] && return
    python="$(find_python)" || { printf 'python3 python3-venv'; return; }
    has uv && return
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 && return
    case "$python" in
        *python3.*) printf '%s-venv' "$(basename "$python")" ;;
        *) printf 'python3-venv' ;;
    esac
}

library_is_there() { # whether libVLC can be found without asking a package manager
    case "$(uname -s)" in
        Darwin) [ -d /Applications/VLC.app ] || [ -d "$HOME/Applications/VLC.app" ] ;;
        MINGW* | MSYS* | CYGWIN*) [ -d "${PROGRAMFILES:-/c/Program Files}/VideoLAN/VLC" ] ;;
        *) { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep -q 'libvlc\.so\.5' ;;
    esac
}

tests_are_possible() { has Xvfb && has playerctl && has dbus-run-session; }

system_with_apt() { # LEVEL
    local wanted missing sudo=""
    wanted="$APT_RUN $(python_packages_of_apt)"
    if [ "$1" = test ]; then
        wanted="$wanted $APT_TEST"
        # Beside PipeWire's stand-in it cannot be installed; the tests that need it are skipped.
        [ -z "$(missing_from_apt pipewire-pulse)" ] || wanted="$wanted pulseaudio"
    fi
    # shellcheck disable=SC2086
    missing="$(words "$(missing_from_apt $wanted)")"
    missing="${missing% }"
    [ -z "$missing" ] && return
    local line="apt-get install --yes --no-remove --no-install-recommends $missing"
    if [ "$(id -u)" != 0 ]; then
        if has sudo && sudo -n true 2>/dev/null; then sudo="sudo"; else
            ask_for "sudo $line"
            return
        fi
    fi
    say "installing system packages (a minute or two): $missing"
    local log="$ROOT/build/apt.log"
    if [ -n "$PRINT" ]; then log=/dev/stderr; else mkdir -p "$ROOT/build"; fi
    # shellcheck disable=SC2086
    if ! { run $sudo apt-get update -qq &&
        run $sudo env DEBIAN_FRONTEND=noninteractive ${line/ install/ -q install}; } \
        >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        fail "apt could not install them; its last words are above and all of them in $log. When" \
            "it is mended run the same command again, or start without: SEGUE_SYSTEM=skip make run"
    fi
}

system_with_words() { # LEVEL LINE-TO-RUN
    [ -n "${SEGUE_PACKAGE_MANAGER:-}" ] || ! library_is_there ||
        { [ "$1" = test ] && [ "$(uname -s)" = Linux ] && ! tests_are_possible; } || return 0
    ask_for "$2"
}

ask_for() {
    say "some system packages are missing. Please run this line once, then start again:"
    printf '    %s\n' "$(words "$1")" >&2
    say "going on without them; there may be no sound or no window until then."
}

system() { # LEVEL
    local extra_dnf="" extra_pacman=""
    [ "${SEGUE_SYSTEM:-}" = skip ] && return
    if [ "$1" = test ]; then extra_dnf="$DNF_TEST"; extra_pacman="$PACMAN_TEST"; fi
    case "$(package_manager)" in
        apt) system_with_apt "$1" ;;
        dnf) system_with_words "$1" "sudo dnf install $DNF_RUN $extra_dnf" ;;
        pacman) system_with_words "$1" "sudo pacman -S --needed $PACMAN_RUN $extra_pacman" ;;
        brew) system_with_words "$1" "brew install --cask vlc" ;;
        winget) system_with_words "$1" "winget install --exact --id VideoLAN.VLC" ;;
        *) library_is_there || say "please install VLC (libVLC 3) with your system's packages;" \
            "until then the player shows everything and plays nothing." ;;
    esac
}

# ---- Python packages -------------------------------------------------------------------------

venv_python() {
    if [ -x "$VENV/Scripts/python.exe" ]; then printf '%s' "$VENV/Scripts/python.exe"
    else printf '%s' "$VENV/bin/python"; fi
}

find_python() {
    local name
    for name in ${SEGUE_PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
        if has "$name" && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
        then printf '%s' "$name"; return; fi
    done
    return 1
}

torch_wanted() { # TORCH, else what is installed, else cpu
    local before=""
    if [ -z "${TORCH:-}" ]; then
        before="$(cat "$STAMP" "$UNFINISHED" 2>/dev/null | sed -n 's/^torch //p' | head -n 1)"
    fi
    printf '%s' "${TORCH:-${before:-cpu}}"
}

fingerprint() { # changes when an installation made before no longer serves
    printf 'root %s\npython %s\ntorch %s\n' "$ROOT" "$(sed -n 's/^version[ _a-z]*= //p' \
        "$VENV/pyvenv.cfg" 2>/dev/null || true)" "$1"
    cat "$ROOT/pyproject.toml" "${BASH_SOURCE[0]}" | cksum
}

installed_level() { # FINGERPRINT -> run, test, or nothing
    [ -f "$STAMP" ] && "$(venv_python)" -c 'import PySide6' 2>/dev/null || return 0
    [ "$(sed '$d' "$STAMP")" = "$1" ] && tail -n 1 "$STAMP"
    return 0
}

make_venv() {
    local python
    if [ -f "$VENV/pyvenv.cfg" ] && venv_works; then return; fi
    python="$(find_python)" || fail "Python 3.11 or later is needed. Install it (Debian: apt" \
        "install python3 python3-venv), or name one: SEGUE_PYTHON=/path/to/python3 make run"
    if has uv && run uv venv --quiet --clear --python "$python" "$VENV"; then return; fi
    if ! run "$python" -m venv --clear "$VENV" >&2; then
        rm -rf "$VENV"
        fail "Python could not build $VENV. On Debian or Ubuntu run: sudo apt-get install" \
            "python3-venv -- then start again."
    fi
}

venv_works() { # not when its making was cut off, its folder moved or its Python replaced
    if [ -f "$STAMP" ] && ! grep -qxF "root $ROOT" "$STAMP"; then return 1; fi
    "$(venv_python)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || return 1
    has uv || "$(venv_python)" -m pip --version >/dev/null 2>&1
}

find_uv() { # prints the uv to use, or nothing when it cannot be had
    local own="$VENV/bin/uv"
    [ -x "$VENV/Scripts/uv.exe" ] && own="$VENV/Scripts/uv.exe"
    if [ -n "$PRINT" ]; then printf 'uv'; return; fi
    if has uv; then printf 'uv'; return; fi
    if [ ! -x "$own" ]; then
        "$(venv_python)" -m pip install --quiet --disable-pip-version-check uv >&2 || return 0
        [ -x "$VENV/Scripts/uv.exe" ] && own="$VENV/Scripts/uv.exe"
    fi
    if "$own" --version >/dev/null 2>&1; then printf '%s' "$own"; fi
}

install_with_uv() { # UV TORCH PROJECT
    local again="" python
    python="$(venv_python)"
    [ -n "$AGAIN" ] && again="--reinstall"
    if [ "$(uname -s)" != Linux ]; then
        run "$1" pip install --python "$python" $again -e "$3"
    elif [ "$2" = cuda ]; then
        run env UV_NO_SOURCES=1 "$1" pip install --python "$python" $again \
            --reinstall-package torch -e "$3" torch
    elif [ -n "${PIP_FIND_LINKS:-}" ]; then
        run env UV_NO_SOURCES=1 UV_FIND_LINKS="${PIP_FIND_LINKS// /,}" "$1" pip install \
            --python "$python" $again -e "$3" "torch==$TORCH_CPU_VERSION+cpu"
    else
        run "$1" pip install --python "$python" $again -e "$3" "torch==$TORCH_CPU_VERSION+cpu"
    fi
}

install_with_pip() { # TORCH PROJECT
    local again="" python
    python="$(venv_python)"
    [ -n "$AGAIN" ] && again="--force-reinstall"
    if [ "$(uname -s)" = Linux ] && [ "$1" = cuda ]; then
        run "$python" -m pip uninstall --yes torch
        run env -u PIP_FIND_LINKS "$python" -m pip install $again -e "$2"
        return
    fi
    if [ "$(uname -s)" = Linux ]; then
        run "$python" -m pip install --retries 2 --timeout 30 \
            --extra-index-url "$TORCH_CPU_INDEX" "torch==$TORCH_CPU_VERSION+cpu"
    fi
    run "$python" -m pip install $again -e "$2"
}

python_packages() { # LEVEL
    local torch mark level uv project="$ROOT"
    torch="$(torch_wanted)"
    case "$torch" in cpu | cuda) ;; *) fail "TORCH is cpu or cuda, not '$torch'." ;; esac
    mark="$(fingerprint "$torch")"
    level="$(installed_level "$mark")"
    if [ "$level" = test ] || [ "$level" = "$1" ]; then return; fi
    if [ -z "$PRINT" ] && only_one_at_a_time; then
        level="$(installed_level "$mark")"
        if [ "$level" = test ] || [ "$level" = "$1" ]; then return; fi
    fi
    [ "$1" = test ] || { [ -f "$STAMP" ] && [ "$(tail -n 1 "$STAMP")" = test ]; } &&
        project="$ROOT[dev]"
    say "setting up Python packages in $VENV (a few minutes the first time)"
    make_venv
    uv="$(find_uv)"
    if [ -f "$UNFINISHED" ]; then AGAIN=yes; fi
    if [ -z "$PRINT" ]; then
        printf 'torch %s\n' "$torch" >"$UNFINISHED"
        rm -f "$STAMP"
    fi
    if [ -n "$uv" ] && install_with_uv "$uv" "$torch" "$project" >&2; then :
    elif install_with_pip "$torch" "$project" >&2; then :
    else
        fail "the Python packages could not be installed. Most often the network is the reason:" \
            "look at the message above, then run the same command again; what was downloaded is kept."
    fi
    [ -n "$PRINT" ] && return
    rm -f "$UNFINISHED"
    level="run"; [ "$project" = "$ROOT" ] || level="test"
    { fingerprint "$torch"; printf '%s\n' "$level"; } >"$STAMP.part"
    mv "$STAMP.part" "$STAMP"
}

only_one_at_a_time() { # a second installation waits for the first
    has flock || return 1
    mkdir -p "$ROOT/build"
    exec 9>"$ROOT/build/install.lock"
    flock 9
}

# ---- application menu ------------------------------------------------------------------------

desktop_entry() {
    local share="${XDG_DATA_HOME:-$HOME/.local/share}"
    [ "$(uname -s)" = Linux ] || fail "the application menu is only known on Linux."
    run mkdir -p "$share/applications" "$share/icons/hicolor/scalable/apps" "$share/metainfo"
    run cp "$ROOT/resources/segue.svg" "$share/icons/hicolor/scalable/apps/segue.svg"
    run cp "$ROOT/packaging/$METAINFO" "$share/metainfo/$METAINFO"
    run cp "$ROOT/packaging/segue.desktop" "$share/applications/segue.desktop"
    run sed -i "s|^Exec=segue |Exec=\"$VENV/bin/segue\" |" "$share/applications/segue.desktop"
    say "Segue is in the application menu; to remove it delete $share/applications/segue.desktop"
}

main() {
    local what level
    if [ "${1:-}" = --print ]; then PRINT=yes; shift; fi
    what="${1:-all}"
    level="${2:-run}"
    case "$level" in run | test) ;; *) fail "say run or test, not '$level'." ;; esac
    case "$what" in
        system) system "$level" ;;
        python) python_packages "$level" ;;
        all) system "$level"; python_packages "$level" ;;
        desktop) python_packages run; desktop_entry ;;
        *) fail "usage: packaging/install.sh [--print] all|system|python|desktop [run|test]" ;;
    esac
}

main "$@"

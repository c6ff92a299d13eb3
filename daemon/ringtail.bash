# Completion of ringtail's commands and options in bash.
_ringtail() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words
  COMPREPLY=()
  case $previous in
    -i | --interface)
      mapfile -t COMPREPLY < <(compgen -W "any $(cd /sys/class/net && echo *)" -- "$current")
      return
      ;;
    -s | --snaplen) return ;;
    --format)
      mapfile -t COMPREPLY < <(compgen -W "pcap pcapng" -- "$current")
      return
      ;;
    --config | -F | --file)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
  esac
  if ((COMP_CWORD == 1)); then
    words="run check filter interfaces repair --help --version"
  else
    case ${COMP_WORDS[1]} in
      run) words="--config --format" ;;
      check) words="--print" ;;
      filter) words="-d -O --no-optimize -i --interface -s --snaplen -F --file" ;;
      interfaces) words="--stats --json" ;;
      repair) words="--dry-run" ;;
      *) return ;;
    esac
    words+=" --help"
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  if [[ ${COMP_WORDS[1]} == @(check|repair) && $current != -* ]] && ((COMP_CWORD > 1)); then
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _ringtail ringtail

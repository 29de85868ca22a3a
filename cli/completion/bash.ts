import type { CompletionPoint } from './points.ts'
import { choiceBranches, commandPattern, optionPattern, quoted } from './posix.ts'

/**
 * The script needs no bash-completion package. It supports bash 3.2 of macOS, which lacks compopt:
 * https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html
 */
export function bashScript(points: readonly CompletionPoint[]): string {
  const choices = choiceBranches(points, (values) => `words=${quoted(values.join(' '))}`)
  return `# Made by "wid completion bash". In ~/.bashrc: eval "$(wid completion bash)"
_wid() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local place= word words= options=
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$place $word" in
      ${commandPattern(points)}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$place" in
    ${points.map(branchOf).join('\n    ')}
  esac
  [[ $current == -* ]] && words=$options
  case "$place $previous" in
    ${optionPattern(points, 'file')}) compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$current")); return ;;
    ${optionPattern(points, 'text')}) return ;;
    ${choices.join('\n    ')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _wid wid
`
}

function branchOf({ path, commands, values, options }: CompletionPoint): string {
  const words = [...commands.map(({ name }) => name), ...values].join(' ')
  const names = options.flatMap((option) => option.names).join(' ')
  return `${quoted(path)}) words=${quoted(words)} options=${quoted(names)} ;;`
}

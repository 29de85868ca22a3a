import type { CompletionPoint, Named } from './points.ts'
import { choiceBranches, commandPattern, optionPattern, quoted } from './posix.ts'

/** https://zsh.sourceforge.io/Doc/Release/Completion-System.html */
export function zshScript(points: readonly CompletionPoint[]): string {
  const choices = choiceBranches(points, (values) => `found=(${values.map(quoted).join(' ')})`)
  return `#compdef wid
# Made by "wid completion zsh". In ~/.zshrc, after compinit: source <(wid completion zsh)
_wid() {
  local place= word previous=\${words[CURRENT-1]}
  local -a found options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$place $word" in
      ${commandPattern(points)}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$place" in
    ${points.map(branchOf).join('\n    ')}
  esac
  [[ $PREFIX == -* ]] && found=($options)
  case "$place $previous" in
    ${optionPattern(points, 'file')}) _files; return ;;
    ${optionPattern(points, 'text')}) return 1 ;;
    ${choices.join('\n    ')}
  esac
  _describe wid found
}
if [[ $funcstack[1] == _wid ]]; then _wid "$@"; else compdef _wid wid; fi
`
}

function branchOf({ path, commands, values, options }: CompletionPoint): string {
  const found = [...commands.map(described), ...values.map(quoted)]
  const names = options.flatMap(({ names, description }) => names.map((name) => described({ name, description })))
  return `${quoted(path)}) found=(${found.join(' ')}) options=(${names.join(' ')}) ;;`
}

/** NAME:DESCRIPTION, the format of _describe. */
function described({ name, description }: Named): string {
  return quoted(`${name.replaceAll(':', '\\:')}:${description}`)
}

import type { CompletionOption, CompletionPoint } from './points.ts'

/** https://fishshell.com/docs/current/completions.html */
export function fishScript(points: readonly CompletionPoint[]): string {
  const paths = points.map(({ path }) => path).filter((path) => path !== '')
  return `# Made by "wid completion fish". In ~/.config/fish/config.fish: wid completion fish | source
function __wid_is_at --argument-names place
    set -l words
    for word in (commandline -opc)[2..]
        if contains -- "$words $word" ${paths.map((path) => quoted(path.includes(' ') ? path : ` ${path}`)).join(' ')}
            set words "$(string trim -- "$words $word")"
        end
    end
    test "$words" = "$place"
end
complete -c wid -f
${points.flatMap(linesOf).join('\n')}
`
}

function linesOf({ path, commands, values, options }: CompletionPoint): string[] {
  const here = `complete -c wid -n ${quoted(`__wid_is_at ${quoted(path)}`)}`
  return [
    ...commands.map(({ name, description }) => `${here} -a ${quoted(name)} -d ${quoted(description)}`),
    ...values.map((value) => `${here} -a ${quoted(value)}`),
    ...options.map((option) => `${here} ${flagsOf(option)} -d ${quoted(option.description)}`),
  ]
}

function flagsOf({ names, value }: CompletionOption): string {
  return [...names.map(flagOf), ...valueFlags(value)].join(' ')
}

function flagOf(name: string): string {
  return name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`
}

function valueFlags(value: CompletionOption['value']): string[] {
  if (value === 'none') return []
  if (value === 'file') return ['-r', '-F']
  return value === 'text' ? ['-x'] : ['-x', `-a ${quoted(value.join(' '))}`]
}

/** Single-quoted. In single quotes, fish interprets a backslash only before a quote or a backslash. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

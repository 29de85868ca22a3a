import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings'

export interface Named {
  readonly name: string
  readonly description: string
}

export interface CompletionOption {
  /** Such as --file and -f. */
  readonly names: readonly string[]
  readonly description: string
  /** The option's value: choices, a file, free text, or none. */
  readonly value: readonly string[] | 'file' | 'text' | 'none'
}

/** What may follow the words of a command. */
export interface CompletionPoint {
  /** The words after "wid": "get operations". Empty before the first command. */
  readonly path: string
  readonly commands: readonly Named[]
  /** Includes the global options. */
  readonly options: readonly CompletionOption[]
  /** The choices for the arguments of the command. */
  readonly values: readonly string[]
}

/** Returns a point for the program, then one for each command that its help shows. */
export function pointsOf(program: CommandUnknownOpts): CompletionPoint[] {
  return [pointOf(program, ''), ...pointsBelow(program, [])]
}

function pointsBelow(command: CommandUnknownOpts, path: readonly string[]): CompletionPoint[] {
  const visible = command.createHelp().visibleCommands(command)
  return command.commands
    .filter((child) => visible.includes(child))
    .flatMap((child) => {
      const own = [...path, child.name()]
      return [pointOf(child, own.join(' ')), ...pointsBelow(child, own)]
    })
}

function pointOf(command: CommandUnknownOpts, path: string): CompletionPoint {
  const help = command.createHelp()
  help.showGlobalOptions = true
  return {
    path,
    commands: help.visibleCommands(command).map((child) => ({ name: child.name(), description: child.description() })),
    options: [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)].map(optionOf),
    values: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  }
}

function optionOf({ long, short, description, ...option }: Option): CompletionOption {
  return { names: [long, short].filter((name) => name !== undefined), description, value: whatFollows(option) }
}

function whatFollows({
  flags,
  argChoices,
  required,
  optional,
}: Pick<Option, 'flags' | 'argChoices' | 'required' | 'optional'>) {
  if (argChoices) return argChoices
  if (!required && !optional) return 'none'
  return /(<file(\.\.\.)?>|\[file\])$/.test(flags) ? 'file' : 'text'
}

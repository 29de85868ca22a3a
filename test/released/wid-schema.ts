import { program } from '../../cli/program.ts'

type Command = ReturnType<typeof program>['command']['commands'][number]
type Option = Command['options'][number]

/**
 * The commands of `wid` as a JSON Schema: a field for each command, with fields for its options and arguments. So a removed
 * option, a new required one and a smaller choice are found like those of a request.
 */
export function widSchema(): object {
  const { command } = program(() => {
    throw new Error('no command runs here')
  })
  const { options, commands } = command
  return closed({
    wid: closed(optionsIn(options)),
    ...Object.assign({}, ...commands.map((one) => commandsIn(one, 'wid'))),
  })
}

/** A command and its subcommands. */
function commandsIn(command: Command, parent: string): object {
  // "wid plan" and the like only name the right command.
  if (!command.parent?.createHelp().visibleCommands(command.parent).includes(command)) return {}
  const name = `${parent} ${command.name()}`
  return {
    [name]: closed({ ...argumentsOf(command), ...optionsIn(command.options) }, requiredIn(command)),
    ...Object.assign({}, ...command.commands.map((one) => commandsIn(one, name))),
  }
}

function closed(properties: object, required: readonly string[] = []): object {
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false }
}

function argumentsOf({ registeredArguments }: Command): object {
  return Object.fromEntries(registeredArguments.map((each, index) => [argument(index), schemaOfValue(each)]))
}

const argument = (index: number) => `argument ${index + 1}`

function requiredIn({ registeredArguments, options }: Command): string[] {
  return [
    ...registeredArguments.flatMap(({ required }, index) => (required ? [argument(index)] : [])),
    ...options.flatMap((option) => (option.mandatory ? [longName(option)] : [])),
  ]
}

/** A short name is a field that refers to the long one. */
function optionsIn(options: readonly Option[]): object {
  return Object.fromEntries(
    options.flatMap((option) => {
      const [long, { short }] = [longName(option), option]
      const shorthand = short === undefined ? [] : [[short, { const: long }] as const]
      return [[long, optionSchema(option)] as const, ...shorthand]
    }),
  )
}

function longName({ long, flags }: Option): string {
  if (long === undefined) throw new Error(`The option ${flags} has no long name`)
  return long
}

function optionSchema(option: Option): object {
  const { required, optional, negate } = option
  if (!required && !optional) return { type: 'boolean' }
  const defaultValue: unknown = negate ? undefined : option.defaultValue
  const value = optional ? { anyOf: [{ type: 'boolean' }, schemaOfValue(option)] } : schemaOfValue(option)
  return { ...value, ...(defaultValue !== undefined && { default: defaultValue }) }
}

function schemaOfValue({ variadic, argChoices }: Pick<Option, 'variadic' | 'argChoices'>): object {
  const value = argChoices ? { enum: argChoices } : { type: 'string' }
  return variadic ? { type: 'array', items: value } : value
}

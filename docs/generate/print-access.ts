/** Prints what each role may do: `npm run deployment -- access`. */
import { parseArgs } from 'node:util'
import { runCommand, WrongUse } from '../../infra/command.ts'
import { rolePolicies } from '../../lambdas/access/roles.ts'
import { schema } from '../../lambdas/access/schema.ts'
import { accessTable } from './access-table.ts'

const help = `Prints what each role may do, as a table in Markdown:

  npm run --silent deployment -- access [--policies | --schema]

  --policies  prints the roles as Cedar policies instead
  --schema    prints the Cedar schema of the policies instead`

const policies = Object.entries(rolePolicies)
  .map(([id, policy]) => `// ${id}\n${policy}`)
  .join('\n\n')

await runCommand(help, (args) => {
  const options = { policies: { type: 'boolean' }, schema: { type: 'boolean' } } as const
  const { values } = parseArgs({ args, options })
  if (values.policies && values.schema) throw new WrongUse('Give one of --policies and --schema')
  if (values.schema) return `${schema}\n`
  if (values.policies) return `${policies}\n`
  return `${accessTable()}\n`
})

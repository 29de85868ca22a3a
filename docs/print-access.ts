/** Prints what each role may do: `npm run deployment -- access`. */
import { parseArgs } from 'node:util'
import { runCommand } from '../infra/command.ts'
import { accessTable } from './access-table.ts'

const help = `Prints what each role may do, as a table in Markdown:

  npm run --silent deployment -- access`

await runCommand(help, (args) => {
  parseArgs({ args })
  return `${accessTable()}\n`
})

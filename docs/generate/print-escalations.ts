/** Prints the tested privilege escalations, and what denies each: `npm run docs -- escalations`. */
import { parseArgs } from 'node:util'
import { runCommand } from '../../infra/command.ts'
import { escalationTables } from '../../test/escalations/table.ts'

const help = `Prints what was tried to get more rights than one has, and what refuses it, as tables in Markdown:

  npm run --silent docs -- escalations`

await runCommand(help, async (args) => {
  parseArgs({ args })
  const tables = await escalationTables()
  return tables.map((table) => `${table}\n\n`).join('')
})

/** Prints what was tried to get more than one has, and what refuses it: `npm run escalations`. */
import { escalationTables } from '../test/escalations/table.ts'

for (const table of Object.values(await escalationTables())) process.stdout.write(`${table}\n\n`)

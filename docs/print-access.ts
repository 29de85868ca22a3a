/** Prints what each role may do: `npm run access`. */
import { accessTable } from './access-table.ts'

process.stdout.write(`${accessTable()}\n`)

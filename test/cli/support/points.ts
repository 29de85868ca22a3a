import { pointsOf } from '../../../cli/completion/points.ts'
import { program } from '../../../cli/program.ts'

/** The completions of wid's own commands. */
export const points = pointsOf(
  program(() => {
    throw new Error('no command runs here')
  }).command,
)

import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { bashScript } from '../completion/bash.ts'
import { fishScript } from '../completion/fish.ts'
import { type CompletionPoint, pointsOf } from '../completion/points.ts'
import { zshScript } from '../completion/zsh.ts'
import { type ExitCode, exitCodes } from '../errors.ts'
import type { Output } from '../output.ts'

export type Shell = 'bash' | 'zsh' | 'fish'

const scripts: Readonly<Record<Shell, (points: readonly CompletionPoint[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/** Writes a script that completes the program's commands in a shell. */
export function completion(output: Output, program: CommandUnknownOpts, shell: Shell): ExitCode {
  output.text(scripts[shell](pointsOf(program)).trimEnd())
  return exitCodes.done
}

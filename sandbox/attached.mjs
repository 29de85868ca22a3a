// Runs a program, and ends it when the process that started this one has ended, even by SIGKILL.
//
//   node sandbox/attached.mjs PROGRAM [ARGUMENT ...]
import { spawn } from 'node:child_process'

const [program, ...args] = process.argv.slice(2)
const child = spawn(program, args, { stdio: 'inherit', shell: process.platform === 'win32' })
process.on('disconnect', () => child.kill('SIGKILL'))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'))
child.on('error', (error) => {
  console.error(error.message)
  process.exit(127)
})
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))

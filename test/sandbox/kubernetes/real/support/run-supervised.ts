/** Starts a supervised program, and waits until a test kills this process. Arguments: the program, its directory. */
import { startSupervised } from '../../../../../sandbox/kubernetes/real/supervised.ts'

const [file = '', directory = ''] = process.argv.slice(2)
await startSupervised({ file, args: [], directory, logFile: `${directory}/program.log` })
process.stdout.write('started\n')
setInterval(() => {}, 60_000)

/** Deletes function versions that nothing calls: `npm run deployment -- versions --help`. docs/deployment.md says when. */
import { parseArgs } from 'node:util'
import { runCommand, WrongUse } from '../command.ts'
import { calledBy, deleteVersion, publishedOf, stateMachinesOf } from './deployment.ts'
import { type FunctionVersion, unused } from './version-arns.ts'

const help = `Lists the versions of a deployment's functions that no state machine and no running execution calls:

  npm run deployment -- versions --stack NAME [--delete]

docs/deployment.md says why versions stay, and when to delete them. AWS_REGION is the region of the deployment.

  --stack   the stack of the deployment
  --delete  deletes the versions that it lists`

async function run(args: readonly string[]): Promise<string> {
  const { stack, mayDelete } = argumentsIn(args)
  const old = await unusedOf(stack)
  for (const version of old) {
    if (mayDelete) await deleteVersion(version)
    process.stdout.write(`${version.functionArn}:${version.version}${mayDelete ? ': deleted' : ''}\n`)
  }
  if (old.length === 0) return `Each version of ${stack} is in use\n`
  return mayDelete ? `Deleted: ${old.length}\n` : `Unused: ${old.length}. Add --delete to delete them\n`
}

function argumentsIn(args: readonly string[]) {
  const { values } = parseArgs({ args: [...args], options: { stack: { type: 'string' }, delete: { type: 'boolean' } } })
  if (values.stack === undefined) throw new WrongUse('Give --stack')
  return { stack: values.stack, mayDelete: values.delete ?? false }
}

/** Lists published versions before it reads the called ones, so that a version published meanwhile is not deleted. */
async function unusedOf(stack: string): Promise<readonly FunctionVersion[]> {
  const functions = new Set((await calledIn(stack)).map(({ functionArn }) => functionArn))
  const published: FunctionVersion[] = []
  for (const functionArn of [...functions].sort()) published.push(...(await publishedOf(functionArn)))
  return unused(published, await calledIn(stack))
}

async function calledIn(stack: string): Promise<FunctionVersion[]> {
  const machines = await stateMachinesOf(stack)
  return (await Promise.all(machines.map(calledBy))).flat()
}

await runCommand(help, run)

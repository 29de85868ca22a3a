import { DeleteRoleCommand, DetachRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { input, run } from '../../../lambdas/steps/delete-role.ts'
import { account } from '../../../sandbox/account.ts'
import { type Aws, rootEnvironment, startAws } from '../../../sandbox/aws/server.ts'
import { furnish, settings } from '../../support/aws-account.ts'
import { setEnvironment } from '../../support/environment.ts'
import { python } from '../../support/python.ts'
import { createRole, s3 } from '../../support/role-creation.ts'
import { stepContext } from '../../support/step-context.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let aws: Aws
let iam: IAMClient
let restore: (() => void) | undefined

beforeAll(async () => {
  directory = await temporaryDirectory()
  aws = await startAws({ python, directory: directory.path, environment: {}, auth: false })
  restore = setEnvironment({ ...rootEnvironment(aws.endpoint, account.region), ...settings })
  iam = new IAMClient()
  await furnish(iam)
})
afterAll(async () => {
  iam?.destroy()
  restore?.()
  await aws?.close()
  await directory.remove()
})

const name = 'going'

/** The next call of this operation is refused after a second; resolves with what comes of the removal. */
async function removeWhile(operation: string, meanwhile: () => Promise<unknown>) {
  await aws.faults.add({ kind: 'refuse', operation, delayMs: 1000, times: 1 })
  const workload = { namespace: 'default', serviceAccount: name }
  const removing = run(input.parse({ clusterName: 'prod', workload, force: false }), stepContext('prod'))
  const outcome = removing.then(
    ({ changes = [] }) => ({ changes: changes.map(({ action }) => action) }),
    (error: unknown) => ({ error }),
  )
  await expect.poll(() => aws.faults.armed(), { timeout: 10_000 }).toEqual([])
  await meanwhile()
  return outcome
}

/** What IAM allows by the marks and the path of a role it refuses of one that is not there. */
it.each([
  { operation: 'iam:ListRolePolicies', changes: [] },
  { operation: 'iam:DetachRolePolicy', changes: ['deleted'] },
])(
  'a role that another run deletes before $operation is not there any more, and no error',
  async ({ operation, changes }) => {
    await createRole(name)
    const outcome = await removeWhile(operation, async () => {
      await iam.send(new DetachRolePolicyCommand({ RoleName: name, PolicyArn: s3 }))
      await iam.send(new DeleteRoleCommand({ RoleName: name }))
    })
    expect(outcome).toEqual({ changes })
  },
)

it.each(['iam:ListRolePolicies', 'iam:DetachRolePolicy'])(
  'a role that is there when %s is refused is an error',
  async (operation) => {
    await createRole(name)
    expect(await removeWhile(operation, () => Promise.resolve())).toMatchObject({ error: { name: 'AccessDenied' } })
  },
)

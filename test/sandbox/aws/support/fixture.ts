import { join } from 'node:path'
import { type Deployment, deploy } from '../../../../sandbox/aws/deploy.ts'
import { type Aws, startAws } from '../../../../sandbox/aws/server.ts'
import { python } from '../../../support/python.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'

export const fixtureApp = join(import.meta.dirname, '..', 'fixture', 'app.ts')

export interface Fixture {
  readonly aws: Aws
  readonly deployment: Deployment
  readonly directory: string
  close(): Promise<void>
}

/** The sandbox's AWS with the fixture's app deployed. */
export async function startFixture(environment: Readonly<Record<string, string>> = {}): Promise<Fixture> {
  const directory = await temporaryDirectory()
  const aws = await startAws({ python, directory: directory.path, environment, auth: true })
  const close = async () => {
    await aws.close()
    await directory.remove()
  }
  try {
    const deployment = await deploy({ aws, directory: join(directory.path, 'cdk'), app: fixtureApp })
    return { aws, deployment, directory: directory.path, close }
  } catch (error) {
    await close()
    throw error
  }
}

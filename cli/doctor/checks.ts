/** What is looked at. Each check gives its findings, also where it cannot go on. */
import { answerOf } from '../api/answer.ts'
import { awsCaller } from '../aws/caller.ts'
import { readSecret } from '../aws/secrets.ts'
import { awsSettings } from '../aws/settings.ts'
import { namedSecret } from '../connect/secret-place.ts'
import type { Context } from '../context.ts'
import { CommandError } from '../errors.ts'
import description from '../package.json' with { type: 'json' }
import { clockFinding, clusterFindings, nodeFinding, secretFinding } from './decide.ts'
import { type Finding, ok } from './finding.ts'

export type Check = (context: Context) => Promise<readonly Finding[]>

/** In the order in which one thing needs the other. */
export function checksOf(cluster: string | undefined): readonly Check[] {
  const own: readonly Check[] = [checkNode, checkAws, checkApi]
  return cluster === undefined ? own : [...own, (context) => checkCluster(context, cluster)]
}

async function checkNode(): Promise<readonly Finding[]> {
  return [nodeFinding(process.versions.node, description.engines.node)]
}

function checkAws(context: Context): Promise<readonly Finding[]> {
  return unlessFailing('AWS', async () => {
    const settings = awsSettings(context)
    const { arn } = await awsCaller(settings)
    return [ok('AWS region', settings.region), ok('AWS credentials', arn)]
  })
}

/** The time of the API is in its refusals, too. */
function checkApi({ api, endpoint }: Context): Promise<readonly Finding[]> {
  return unlessFailing('API', async () => {
    const answered = await api.GET('/v1/clusters', { params: { query: { limit: 1 } } })
    const clock = clockFinding(answered.response.headers.get('date'), new Date())
    const reached = await unlessFailing('API', async () => {
      await answerOf(Promise.resolve(answered))
      return [ok('API', `${endpoint.url} answers, and you have a grant`)]
    })
    return [...reached, clock]
  })
}

function checkCluster(context: Context, cluster: string): Promise<readonly Finding[]> {
  return unlessFailing(cluster, async () => {
    const params = { path: { cluster } }
    const found = await answerOf(context.api.GET('/v1/clusters/{cluster}', { params }))
    return [...clusterFindings(found), ...(await checkSecrets(context, cluster, found.spec))]
  })
}

function checkSecrets(context: Context, cluster: string, spec: unknown): Promise<readonly Finding[]> {
  return unlessFailing('secret', () => {
    const settings = awsSettings(context)
    const secrets = [
      { arn: namedSecret(spec, false), renewal: `wid connect ${cluster}` },
      { arn: namedSecret(spec, true), renewal: `wid connect ${cluster} --management` },
    ]
    const now = new Date()
    return Promise.all(
      secrets.flatMap(({ arn, renewal }) =>
        arn === undefined ? [] : [readSecret(settings, arn).then((read) => secretFinding({ arn, renewal, read }, now))],
      ),
    )
  })
}

/** The message of an error says what to do. */
async function unlessFailing(check: string, find: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await find()
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return [{ check, state: 'problem', found: error.message }]
  }
}

/** The checks of `wid doctor`. Each returns its findings, even when it cannot continue. */
import { answerOf } from '../../client/answer.ts'
import { signInFor } from '../api/authorize.ts'
import { NoApi } from '../api/endpoint.ts'
import { readSecret } from '../aws/secrets.ts'
import { type AwsContext, awsSettings } from '../aws/settings.ts'
import { namedSecret } from '../connect/secret-ref.ts'
import type { Context } from '../context.ts'
import { accountFindings, accountOf } from './account.ts'
import { agentFindings } from './agent.ts'
import type { ApiAndAws } from './api-and-aws.ts'
import { checkNode } from './check-node.ts'
import { checkSecrets } from './check-secrets.ts'
import { clockFinding, clusterFindings } from './decide.ts'
import { type Finding, ok } from './finding-lines.ts'
import { googleFinding, needsGoogle, prefixOf } from './google.ts'
import { unlessFailing } from './unless-failing.ts'

export type Check = (apiAndAws: ApiAndAws) => Promise<readonly Finding[]>

/** The checks, each after the checks on which it depends. */
export function checksOf(cluster: string | undefined): readonly Check[] {
  const own: readonly Check[] = [checkNode, checkCaller, checkApi]
  if (cluster !== undefined) return [...own, (apiAndAws) => checkCluster(apiAndAws, cluster)]
  return [...own, checkDeploymentsGoogle]
}

/** A person with a sign-in needs no AWS credentials. */
async function checkCaller(apiAndAws: ApiAndAws): Promise<readonly Finding[]> {
  const signIn = await signInOf(apiAndAws)
  return signIn ? [ok('sign-in', signIn.client.issuer)] : checkAws(apiAndAws)
}

async function signInOf({ context }: ApiAndAws) {
  return context instanceof NoApi ? undefined : signInFor(context.endpoint.url, context.profile)
}

function checkAws({ aws }: ApiAndAws): Promise<readonly Finding[]> {
  return unlessFailing('AWS', async () => accountFindings(await accountOf(aws)))
}

/** Checks the clock even if the API rejects the call, because a rejection has a Date header, too. */
function checkApi({ context }: ApiAndAws): Promise<readonly Finding[]> {
  return unlessFailing('API', async () => {
    const { api, endpoint } = contextOrThrow(context)
    const clock: Finding[] = []
    const middleware = [
      {
        onResponse: ({ response }: { readonly response: Response }) =>
          void clock.push(clockFinding(response.headers.get('date'), new Date())),
      },
    ]
    const reached = await unlessFailing('API', async () => {
      await api.GET('/v1/clusters', { params: { query: { limit: 1 } }, middleware })
      return [ok('API', `${endpoint.url} answers, and you have a grant`)]
    })
    return [...reached, ...clock]
  })
}

function contextOrThrow(context: ApiAndAws['context']): Context {
  if (context instanceof NoApi) throw context
  return context
}

async function checkDeploymentsGoogle(apiAndAws: ApiAndAws): Promise<readonly Finding[]> {
  return (await signInOf(apiAndAws)) ? [] : checkGoogle(apiAndAws.aws, prefixOf(undefined), false)
}

function checkGoogle(aws: AwsContext, prefix: string, isNeeded: boolean): Promise<readonly Finding[]> {
  return unlessFailing('Google', async () => {
    const secret = `${prefix}/google-credentials`
    return [googleFinding(secret, await readSecret(awsSettings(aws), secret), isNeeded)]
  })
}

async function checkCluster({ context }: ApiAndAws, cluster: string): Promise<readonly Finding[]> {
  if (context instanceof NoApi) {
    return [
      {
        check: cluster,
        state: 'unknown',
        found: 'not checked: the API has the record of the cluster, and no API is named',
      },
    ]
  }
  return unlessFailing(cluster, async () => {
    const read = context.api.GET('/v1/clusters/{cluster}', { params: { path: { cluster } } })
    const found = await answerOf(read)
    const { headers } = (await read).response
    const { spec } = found
    return [
      ...clusterFindings(found),
      ...agentFindings(found, headers.get('Workload-Identity-Version'), new Date()),
      ...(needsGoogle(spec) ? await checkGoogle(context, prefixOf(namedSecret(spec, false)), true) : []),
      ...(await unlessFailing('secret', () => checkSecrets(context, found))),
    ]
  })
}

import { readCluster } from '../../client/reads.ts'
import { isRefusal } from '../api/answer.ts'
import { awsCaller } from '../aws/caller.ts'
import { type AwsSettings, awsSettings } from '../aws/settings.ts'
import type { Context } from '../context.ts'
import { Refused } from '../errors.ts'
import { chosenRequest, type RequestDocument } from '../request-file/read.ts'
import type { RightsSubject } from '../rights/read.ts'
import { secretPrefixOf } from '../secret-prefix.ts'
import { isByAgent, namedSecret, type SecretRef, secretRef, usualName, withNamedSecret } from './secret-ref.ts'

/** The cluster to connect, and the secret for its credentials. */
export interface ConnectSubject {
  readonly rights: RightsSubject
  readonly secret: SecretRef
  /** The ARN of the secret in the record or the file, if any. */
  readonly named: string | undefined
}

export interface SubjectOptions {
  readonly file?: string | undefined
  /** Name of the secret. */
  readonly secret?: string | undefined
  readonly management?: true | undefined
}

/** @throws {Refused} when an agent connects the cluster */
export async function connectSubject(
  context: Context,
  cluster: string,
  options: SubjectOptions,
): Promise<ConnectSubject> {
  const isManagement = options.management ?? false
  const document = options.file === undefined ? undefined : await chosenRequest(options.file, cluster)
  const spec = document ? document.request : await recordedSpec(context, cluster)
  if (!isManagement && isByAgent(spec)) throw needsAgent(cluster)
  const named = namedSecret(spec, isManagement)
  const secret = secretRef(
    options.secret ?? named ?? usualName(await secretPrefixOf(context.api), cluster, isManagement),
  )
  if (!document) return { rights: { cluster }, secret, named }
  const complete =
    named === undefined ? await withSecret(document, awsSettings(context), secret, isManagement) : document
  return { rights: { document: complete }, secret, named }
}

function needsAgent(cluster: string): Refused {
  return new Refused(
    `An agent connects cluster ${cluster}, so no operation reads a secret of it. "wid enroll ${cluster}" enrols the agent. For a direct connection, change the request, and name its file with -f.`,
  )
}

async function recordedSpec({ api }: Context, cluster: string): Promise<unknown> {
  try {
    return (await readCluster(api, cluster)).spec
  } catch (error) {
    if (!isRefusal(error, 404)) throw error
    throw new Refused(`${error.message}. Before the first setup of the cluster, name the file of the request with -f.`)
  }
}

/** Builds an ARN from the secret's name. The API needs one to compute rights, and the secret may not exist yet. */
async function withSecret(
  document: RequestDocument,
  aws: AwsSettings,
  { name }: SecretRef,
  isManagement: boolean,
): Promise<RequestDocument> {
  const { partition, account } = await awsCaller(aws)
  const credentialsSecretArn = `arn:${partition}:secretsmanager:${aws.region}:${account}:secret:${name}`
  return { ...document, request: withNamedSecret(document.request, credentialsSecretArn, isManagement) }
}

/** Creates clusters in the running sandbox: `npm run sandbox -- cluster` requests them at the local port. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod/mini'
import { requestText } from '../../cli/init/request-text.ts'
import { schemaReference } from '../../cli/init/schema-reference.ts'
import { faultIn } from '../../client/request/field.ts'
import type { QuestionName } from '../../client/request/questions.ts'
import { requestOf } from '../../client/request/request.ts'
import { account } from '../account.ts'
import { writeDescription } from '../description.ts'
import { addCluster, exampleVersion } from '../examples.ts'
import { RefusedCluster } from '../gateway/cluster-request.ts'
import { managementServiceAccount, project } from '../google/project.ts'
import type { AnyCluster } from '../kubernetes/clusters/any-cluster.ts'
import { isPrivateIssuer } from '../kubernetes/clusters/issuers.ts'
import type { Sandbox } from '../sandbox.ts'
import { sequential } from '../sequential.ts'
import { Agents } from './agents.ts'
import { hostedIssuer } from './issuers-line.ts'
import { type OwnCluster, type OwnKind, ownKinds } from './own-cluster.ts'

const clusterName = z.string().check(z.refine((name) => faultIn('name', name) === undefined))
const wantedCluster = z.object({ name: clusterName, kind: z.enum(ownKinds), agent: z.optional(z.literal('true')) })
const wantedRoute = z.object({ name: clusterName, port: z.string().check(z.regex(/^\d{1,5}$/)) })

/**
 * From now on, the port creates clusters, one after the other. Clusters that setups create are also added to
 * sandbox.json.
 *
 * @param folder contains sandbox.json, and folders of kubeconfigs and requests
 */
export function serveOwnClusters(sandbox: Sandbox<AnyCluster>, folder: string): void {
  const oneByOne = sequential()
  sandbox.kubernetes.onClusterUp(() => oneByOne(async () => void (await writeDescription(sandbox, folder))))
  const agents = new Agents(sandbox, path.join(folder, 'agents'))
  sandbox.gateway.onClusterWanted((wanted) => oneByOne(() => makeOwnCluster({ sandbox, folder, agents }, wanted)))
}

interface Maker {
  readonly sandbox: Sandbox<AnyCluster>
  readonly folder: string
  readonly agents: Agents
}

async function makeOwnCluster(
  { sandbox, folder, agents }: Maker,
  wanted: Readonly<Record<string, string>>,
): Promise<OwnCluster> {
  const route = wantedRoute.safeParse(wanted).data
  if (route) return routeElsewhere(sandbox, folder, route)
  const { name, kind, agent } = wantedCluster.safeParse(wanted).data ?? refuseWanted(wanted)
  const isByAgent = agent !== undefined
  const found = await kindOf(sandbox, name)
  if (found !== undefined && found !== kind) {
    throw new RefusedCluster(`${name} is taken: it is of kind ${found}. Choose another name, or --kind ${found}.`)
  }
  refuseOtherConnection(sandbox, { name, kind, isByAgent })
  const secret = await make(sandbox, { name, kind, isByAgent })
  await writeDescription(sandbox, folder)
  const cluster = sandbox.kubernetes.cluster(name)
  const request = await writeRequest(folder, { name, kind, isByAgent })
  if (isByAgent && cluster) await agents.start(cluster, { request, kubeconfig: kubeconfigFile(folder, name) })
  return {
    kind,
    isNew: found === undefined,
    ...(secret !== undefined && { secret }),
    ...(isByAgent && { agent: true }),
    request,
    ...(cluster && { version: cluster.gitVersion, kubeconfig: kubeconfigFile(folder, name) }),
    ...(cluster &&
      kind === 'private-issuer' && { issuers: [hostedIssuer(sandbox.deployment, name), cluster.settings.issuer] }),
  }
}

/** Gives an API server of this machine a name for functions, until the sandbox ends. */
async function routeElsewhere(
  sandbox: Sandbox<AnyCluster>,
  folder: string,
  { name, port }: z.output<typeof wantedRoute>,
): Promise<OwnCluster> {
  const found = await kindOf(sandbox, name)
  if (found !== undefined) throw new RefusedCluster(`${name} is taken: it is of kind ${found}. Choose another name.`)
  const host = `${name}.clusters.example.com`
  sandbox.proxy.route(`${host}:443`, Number(port))
  return {
    kind: 'elsewhere',
    isNew: true,
    request: await writeRequest(folder, { name, kind: 'private-issuer', isByAgent: false }),
    kubeconfig: kubeconfigFile(folder, name),
    way: { host, proxy: sandbox.proxy.url },
  }
}

function kubeconfigFile(folder: string, name: string): string {
  return path.join(folder, 'kubeconfigs', `${name}.yaml`)
}

function refuseWanted({ name = '' }: Readonly<Record<string, string>>): never {
  throw new RefusedCluster(faultIn('name', name) ?? `The kind of a cluster is one of ${ownKinds.join(', ')}.`)
}

/** The kind of the cluster, if the cluster exists. @throws {RefusedCluster} for the management cluster */
async function kindOf({ kubernetes, secrets }: Sandbox<AnyCluster>, name: string): Promise<OwnKind | undefined> {
  const settings = kubernetes.cluster(name)?.settings
  if (settings?.isManagement) throw new RefusedCluster(`${name} is the management cluster. Choose another name.`)
  if (settings && settings.madeFrom === undefined) {
    return isPrivateIssuer(settings.issuer) ? 'private-issuer' : 'public-issuer'
  }
  return (await secrets.has(managementSecret(name))) ? 'new-gke-on-aws' : undefined
}

interface Wanted {
  readonly name: string
  readonly kind: OwnKind
  readonly isByAgent: boolean
}

/** @throws {RefusedCluster} when the cluster has another connection, or an agent cannot connect it */
function refuseOtherConnection({ kubernetes }: Sandbox<AnyCluster>, { name, kind, isByAgent }: Wanted): void {
  if (isByAgent && kind === 'new-gke-on-aws') {
    throw new RefusedCluster('An agent connects an existing cluster. Choose --kind private-issuer or public-issuer.')
  }
  const settings = kubernetes.cluster(name)?.settings
  if (!settings || (settings.isClosed ?? false) === isByAgent) return
  throw new RefusedCluster(
    isByAgent
      ? `${name} is taken: functions reach its API server. Choose another name, or leave out --agent.`
      : `${name} is taken: an agent connects it. Choose another name, or add --agent.`,
  )
}

/** Returns the ARN of the secret, which a cluster with an agent does not have. */
async function make(sandbox: Sandbox<AnyCluster>, { name, kind, isByAgent }: Wanted): Promise<string | undefined> {
  if (kind === 'new-gke-on-aws') return prepareNew(sandbox, name)
  const issuer =
    kind === 'private-issuer' ? ({ installer: 'kubeadm' } as const) : { host: `oidc.${name}.clusters.example.com` }
  const options = { name, version: exampleVersion, issuer }
  if (!isByAgent) return addCluster(sandbox, options)
  await sandbox.kubernetes.addUserCluster({ ...options, isClosed: true })
  return undefined
}

/** Stores the management cluster's credentials, with which the setup creates the cluster. */
function prepareNew({ secrets, kubernetes }: Sandbox<AnyCluster>, name: string): Promise<string> {
  return secrets.keepFirst(managementSecret(name), kubernetes.kubeconfig('management'))
}

function managementSecret(name: string): string {
  return `${name}/management`
}

async function writeRequest(folder: string, { name, kind, isByAgent }: Wanted): Promise<string> {
  const file = path.join(folder, 'requests', `${name}.yaml`)
  await mkdir(path.dirname(file), { recursive: true })
  const connection = isByAgent ? 'agent' : 'direct'
  const answers = (question: QuestionName) => ({ ...usual, ...namesOf(name), connection })[question]
  const text = requestText(kind, requestOf(kind, answers), schemaReference(file))
  await writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  return file
}

function namesOf(name: string) {
  return {
    name,
    bucket: `${name.slice(0, 58)}-oidc`,
    controlPlaneProfile: `${name}-control-plane`,
    nodeProfile: `${name}-nodes`,
  }
}

/** The answers to the questions of `wid init`. */
const usual = {
  region: account.region,
  account: account.id,
  namespace: 'default',
  serviceAccount: 's3-reader',
  policy: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
  proxy: 'http://bastion.anthos.internal:8118',
  clusterVersion: '1.33.2-gke.100',
  vpc: 'vpc-0a1b2c3d4e5f60718',
  subnets: 'subnet-0aa11bb22cc33dd44,subnet-0bb22cc33dd44ee55,subnet-0cc33dd44ee55ff66',
  kmsKey: 'arn:aws:kms:eu-west-1:000000000000:key/5e2f1a90-6d3c-4b7e-9a11-0c2d4e6f8a01',
  project: project.id,
  location: 'EU',
  managementServiceAccount,
} as const

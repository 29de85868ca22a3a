/** The text at the head of the manifests: their purpose, their risks, and how to store their token in a secret. */

import { removalCommand } from '../ownership/granted-rights.ts'
import { accountNamespace } from '../ownership/setup-account.ts'
import type { Setup } from './setup.ts'
import { wrapped } from './yaml.ts'

export interface HeadParts {
  /** File name, as in the command that applies it. */
  readonly file: string
  /** First paragraph. */
  readonly what: string
  /** The command line that generates the file. Absent when the file is not for one request. */
  readonly madeBy?: string
  readonly dangers: readonly string[]
  /** Namespaces that must exist before the manifests are applied. */
  readonly namespaces: readonly string[]
  readonly account: string
  /** Value of the label `workload-identity/rights`. */
  readonly label: string
  /** Name of the secret in Secrets Manager, as a shell argument. Undefined for an agent, which needs no secret. */
  readonly secretName: string | undefined
}

/** Namespaces that Kubernetes creates in each cluster. */
const builtIn = ['default', 'kube-public', 'kube-system', 'kube-node-lease']

export function headOf(parts: HeadParts): readonly string[] {
  return [
    ...paragraph(parts.what),
    ...(parts.madeBy === undefined ? [] : ['Made by:', command(parts.madeBy)]),
    ...parts.dangers.flatMap((danger) => ['', ...paragraph(danger)]),
    '',
    'Grant it, as an administrator of this cluster:',
    ...parts.namespaces.filter((name) => !builtIn.includes(name)).map(namespaceCommand),
    command(`kubectl apply -f ${parts.file}`),
    '',
    ...credentialsPart(parts),
    '',
    ...endPart(parts),
  ]
}

/** What a holder of the rights can do beyond a setup. */
export function dangersOf({ mode, workloads, renewal }: Setup): readonly string[] {
  const namespaces = [...new Set(workloads.map(({ namespace }) => namespace))].join(', ')
  const pods = `Whoever has its token can start pods in ${namespaces}, for RBAC cannot tell a dry run from a real one; and a pod can use all Secrets and accounts of its namespace.`
  return [
    ...(mode === 'none' ? [] : [pods]),
    ...(mode === 'csr' ? [dangerOfRequests] : []),
    ...(renewal ? [dangerOfRenewal] : []),
  ]
}

/** The danger of the rights with which rotations renew the token. */
export const dangerOfRenewal =
  'Whoever has its token can create another one before it expires, again and again. Delete the account to revoke all of them.'

export const dangerOfRequests =
  'DANGER: certificate requests. Unless the cluster signs for kubernetes.io/legacy-unknown by a CA of its own, whoever may create and approve these requests can get a certificate that the API server takes for any user. With webhook.certificate own-ca none of this is needed, on any version.'

export const dangerOfAll =
  'DANGER: this account can create tokens of every account of the cluster, and pods in every namespace. Whoever has its token is as good as the administrator of the cluster. "wid rights" prints the rights for the namespaces and accounts of one request.'

export const dangerOfAllClusters =
  'DANGER: this account can change every AWSCluster and AWSNodePool. "wid rights --management" prints the rights for the cluster of one request.'

function credentialsPart({ account, secretName }: HeadParts): readonly string[] {
  if (secretName === undefined) return paragraph('The agent of the cluster uses the account. It needs no token in AWS.')
  return [...tokenPart(account), '', ...secretPart(secretName)]
}

function tokenPart(account: string): readonly string[] {
  const secret = `${account}-token`
  const manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: {
      name: secret,
      namespace: accountNamespace,
      annotations: { 'kubernetes.io/service-account.name': account },
    },
  }
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [], expirationSeconds: 86_400 },
  }
  const tokenPath = `/api/v1/namespaces/${accountNamespace}/serviceaccounts/${account}/token`
  return [
    ...paragraph(
      'Create a token. One that expires, for one setup; a server may shorten its lifetime (--service-account-max-token-expiration). With kubectl 1.24 and newer, whatever the version of the cluster:',
    ),
    command(`TOKEN=$(kubectl create token ${account} --namespace ${accountNamespace} --duration 24h)`),
    'With an older kubectl:',
    command(
      `TOKEN=$(echo '${JSON.stringify(request)}' | kubectl create --raw ${tokenPath} -f - | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`,
    ),
    ...paragraph(
      'Or one that lasts until its Secret is deleted, for setups at any time. Up to 1.23 Kubernetes created such a Secret for every account; this one is the same on every version:',
    ),
    command(`echo '${JSON.stringify(manifest)}' | kubectl apply -f -`),
    command(
      `TOKEN=$(kubectl get secret ${secret} --namespace ${accountNamespace} --output 'jsonpath={.data.token}' | base64 --decode)`,
    ),
  ]
}

function secretPart(name: string): readonly string[] {
  const value = `printf '{"server":"%s","caData":"%s","token":"%s"}' "$SERVER" "$CA" "$TOKEN"`
  return [
    'Put it into Secrets Manager:',
    command("SERVER=$(kubectl config view --minify --output 'jsonpath={.clusters[0].cluster.server}')"),
    command(
      "CA=$(kubectl config view --minify --raw --flatten --output 'jsonpath={.clusters[0].cluster.certificate-authority-data}')",
    ),
    command(`${value} | aws secretsmanager create-secret --name ${name} --secret-string file:///dev/stdin`),
    'and when there is one already:',
    command(`${value} | aws secretsmanager put-secret-value --secret-id ${name} --secret-string file:///dev/stdin`),
  ]
}

function endPart({ label }: HeadParts): readonly string[] {
  return [
    ...paragraph('Revoke the rights (kubectl delete -f would also delete the namespaces, with everything in them):'),
    command(removalCommand(label)),
  ]
}

function namespaceCommand(name: string): string {
  return command(`kubectl create namespace ${name}   # unless it is there`)
}

function paragraph(text: string): readonly string[] {
  return wrapped(text, 116)
}

/** Indents a command. It stays on one line of any length, so that readers can copy it. */
function command(line: string): string {
  return `  ${line}`
}

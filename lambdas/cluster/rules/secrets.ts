import type { Deployment } from '../../spec/deployment.ts'
import { plainPath, secretArn } from '../../spec/patterns.ts'

/**
 * Every reason why a value is not the ARN of a secret for this cluster. A value that is not an ARN is never repeated,
 * because it may be the secret itself.
 *
 * @param cluster name of the cluster, if the request has a valid name
 */
export function secretArnProblems(value: string, deployment: Deployment, cluster: string | undefined): string[] {
  const own = `arn:${deployment.partition}:secretsmanager:${deployment.region}:${deployment.accountId}:secret:`
  const folder = `${deployment.secretPrefix}/${cluster ?? 'CLUSTER'}/`
  const { partition, region, account, name } = secretArn.exec(value)?.groups ?? {}
  if (name === undefined) {
    return [
      `is not the ARN of a secret (what was sent is not repeated here, it may be secret itself): store the credentials in Secrets Manager as ${folder}NAME and give that secret's ARN, ${own}${folder}NAME-SUFFIX`,
    ]
  }
  return [
    ...differs('partition', partition, deployment.partition),
    ...differs('region', region, deployment.region),
    ...differs('account', account, deployment.accountId),
    ...nameProblems(name, deployment.secretPrefix, cluster),
  ]
}

function differs(what: string, observed: string | undefined, own: string): string[] {
  if (observed === own) return []
  return [`is in ${what} ${observed}, and this deployment reads secrets of ${what} ${own} only: store the secret there`]
}

function nameProblems(name: string, prefix: string, cluster: string | undefined): string[] {
  if (!name.startsWith(`${prefix}/`)) {
    return [`names a secret outside of ${prefix}/: store it as ${prefix}/${cluster ?? 'CLUSTER'}/NAME`]
  }
  const folder = `${prefix}/${cluster}/`
  if (cluster !== undefined && !(name.startsWith(folder) && name.length > folder.length)) {
    return [
      `names a secret that is not under ${folder}, so that it is not for cluster ${cluster}: store it as ${folder}NAME, no cluster can use the credentials of another`,
    ]
  }
  if (plainPath.test(name)) return []
  return [
    `names a secret by a path with a part that is empty or only dots: store it as ${prefix}/${cluster ?? 'CLUSTER'}/NAME, without such parts`,
  ]
}

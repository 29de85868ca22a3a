import { readFile } from 'node:fs/promises'
import type { ApiAccess } from '../api-client.ts'

const directory = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * How a program in a pod reaches its API server, as client-go's rest.InClusterConfig has it: by two variables, and with the
 * token and the CA that are mounted. The token is read before each call, for it is renewed.
 *
 * @throws Error in client-go's words when the program does not run in a pod
 */
export async function inClusterAccess(env: NodeJS.ProcessEnv): Promise<ApiAccess> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env
  if (!host || !port) {
    throw new Error(
      'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    )
  }
  const token = () => readFile(`${directory}/token`, 'utf8')
  await token()
  return { host, port: Number(port), caPem: await readFile(`${directory}/ca.crt`, 'utf8'), token }
}

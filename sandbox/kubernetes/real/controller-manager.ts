import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { kubeconfigOf } from '../clusters/kubeconfig.ts'
import { pki } from './keys.ts'
import { type Supervised, startSupervised } from './supervised.ts'
import { users } from './users.ts'

const kubeconfigFile = 'controller-manager.yaml'

/** The controllers that a setup needs. Other controllers would only take time. */
const controllers = [
  'namespace',
  'serviceaccount',
  'serviceaccount-token',
  'root-ca-cert-publisher',
  'deployment',
  'replicaset',
  'endpoint',
  'endpointslice',
  'disruption',
  'garbagecollector',
  'csrsigning',
]

/** Starts kube-controller-manager, with its files and working directory in `directory`. It waits for the API server. */
export async function startControllerManager(
  file: string,
  directory: string,
  { port, caPem, token, minor }: { port: number; caPem: string; token: string; minor: number },
): Promise<Supervised> {
  const kubeconfig = kubeconfigOf({ name: users.controllerManager, server: `https://127.0.0.1:${port}`, caPem, token })
  await writeFile(path.join(directory, kubeconfigFile), kubeconfig, { mode: 0o600 })
  const args = [
    `--kubeconfig=${kubeconfigFile}`,
    `--controllers=${controllers.join(',')}`,
    // There is only one controller manager.
    '--leader-elect=false',
    '--secure-port=0',
    `--root-ca-file=${pki.ca}`,
    `--service-account-private-key-file=${pki.serviceAccounts}`,
    `--cluster-signing-cert-file=${pki.ca}`,
    `--cluster-signing-key-file=${pki.caKey}`,
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    '--profiling=false',
    // Before 1.22, an insecure port is open by default, on all addresses. The clusters of a machine would conflict.
    ...(minor <= 21 ? ['--port=0'] : []),
  ]
  return startSupervised({ file, args, directory, logFile: path.join(directory, 'logs/kube-controller-manager.log') })
}

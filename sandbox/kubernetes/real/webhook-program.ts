import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../network/listen.ts'
import type { ApiAccess } from '../api-client.ts'
import { kubeconfigOf } from '../clusters/kubeconfig.ts'
import type { Runnable } from '../controllers/containers.ts'
import type { ServingCertificate } from '../webhook/certificate-manager.ts'
import type { WebhookProcess } from '../webhook/process.ts'
import { startSupervised } from './supervised.ts'

export interface ProgramFiles {
  readonly file: string
  /** The folder of this pod, which is removed when the pod ends. */
  readonly directory: string
  readonly logFile: string
}

/** The time in which an API server may still send requests after the pod has left its Service. */
const drainMs = 1000

/**
 * Runs the program as a process of this machine, with the container's command line. Appended flags override the ports
 * and the paths of the pod's files.
 */
export async function startWebhookProgram(
  { file, directory, logFile }: ProgramFiles,
  { flags, image, args, mounted }: Runnable,
  access: ApiAccess,
): Promise<WebhookProcess> {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const own = (name: string) => path.join(directory, name)
  const write = (name: string, text: string) => writeFileSync(own(name), text, { mode: 0o600 })
  let written: ServingCertificate | undefined
  const useCertificate = (certificate: ServingCertificate) => {
    if (certificate.cert === written?.cert && certificate.key === written.key) return
    written = certificate
    write('tls.key', certificate.key)
    write('tls.crt', certificate.cert)
  }
  if (mounted) useCertificate(mounted)
  write('kubeconfig', await kubeconfig(access))
  const [port, metricsPort] = [await freePort(), await freePort()]
  const here = {
    port,
    'metrics-port': metricsPort,
    kubeconfig: own('kubeconfig'),
    'tls-cert': own('tls.crt'),
    'tls-key': own('tls.key'),
  }
  const last = Object.entries(here).map(([name, value]) => `--${name}=${value}`)
  const program = await startSupervised({ file, args: [...args, ...last], directory, logFile })
  const close = async () => {
    await program.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  return {
    flags,
    image,
    startedAt: Date.now(),
    port,
    hasCertificate: true,
    useCertificate,
    lastOutput: async () => (program.isRunning() ? undefined : program.lastLines()),
    async shutDown() {
      await sleep(drainMs)
      await close()
    },
    close,
  }
}

async function kubeconfig({ port, caPem, token }: ApiAccess): Promise<string> {
  return kubeconfigOf({ name: 'pod', server: `https://127.0.0.1:${port}`, caPem, token: await token() })
}

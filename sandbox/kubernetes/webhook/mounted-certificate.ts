import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { pairOf, type ServingCertificate } from './certificate-manager.ts'
import type { WebhookFlags } from './flags.ts'

/** The real one gets changes as events of the file system. */
const lookMs = 500

type CertificateFiles = Pick<WebhookFlags, 'tlsCert' | 'tlsKey'>

/** @throws Error in the words of controller-runtime's certwatcher when a file is not there, or the two do not fit */
export async function readMounted({ tlsCert, tlsKey }: CertificateFiles): Promise<ServingCertificate> {
  const [cert, key] = await Promise.all([read(tlsCert), read(tlsKey)])
  const pair = pairOf({ data: { 'tls.crt': base64(cert), 'tls.key': base64(key) } })
  if (!pair) throw new Error('tls: failed to find any PEM data or to match key and certificate')
  return pair
}

/** Tells of each other certificate that takes the place of the first, for ever. One that cannot be used is passed over. */
export async function watchMounted(
  files: CertificateFiles,
  first: ServingCertificate,
  use: (pair: ServingCertificate) => void,
): Promise<never> {
  let current = first
  for (;;) {
    await sleep(lookMs)
    const found = await readMounted(files).catch(() => current)
    if (found.cert === current.cert && found.key === current.key) continue
    use(found)
    current = found
  }
}

async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new Error(`open ${file}: no such file or directory`)
  })
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

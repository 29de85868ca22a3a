import 'reflect-metadata'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { asString, at } from '../../../sandbox/kubernetes/objects/objects.ts'
import { generateKeys, keyPem } from '../../../sandbox/network/certificates.ts'
import { send, until } from './api-requests.ts'

const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests'

/** Creates a client certificate of the user, which the cluster signs on request, and its key, as PEM. */
export async function clientCertificate(
  cluster: AnyCluster,
  user: string,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const keys = await generateKeys()
  const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' }
  const csr = await Pkcs10CertificateRequestGenerator.create({ name: `CN=${user}`, keys, signingAlgorithm })
  const spec = {
    request: Buffer.from(csr.toString('pem')).toString('base64'),
    signerName: 'kubernetes.io/kube-apiserver-client',
    usages: ['client auth'],
  }
  const { body } = await send(cluster, `POST ${requests}`, { body: { metadata: { generateName: 'client-' }, spec } })
  const path = `${requests}/${asString(at(body, 'metadata', 'name'))}`
  const condition = { type: 'Approved', status: 'True', reason: 'Test', message: 'approved by the test' }
  await send(cluster, `PUT ${path}/approval`, { body: { ...body, status: { conditions: [condition] } } })
  const signed = await until(async () => {
    const answer = await send(cluster, `GET ${path}`)
    return asString(at(answer.body, 'status', 'certificate'))
  }, 'the signature')
  return { certificate: Buffer.from(signed, 'base64').toString(), key: keyPem(keys.privateKey) }
}

import { type Kind, questionsOf } from '../../../client/request/kinds.ts'
import { type Answers, type QuestionName, questionOf } from '../../../client/request/questions.ts'

const all: Readonly<Record<QuestionName, string>> = {
  name: 'edge-1',
  connection: 'direct',
  region: 'eu-west-1',
  account: '000000000000',
  namespace: 'default',
  serviceAccount: 's3-reader',
  policy: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess',
  proxy: 'http://bastion.example.com:8118',
  clusterVersion: '1.33.2-gke.100',
  vpc: 'vpc-0a1b2c3d4e5f60718',
  subnets: 'subnet-0aa11bb22cc33dd44, subnet-0bb22cc33dd44ee55',
  controlPlaneProfile: 'edge-1-control-plane',
  nodeProfile: 'edge-1-nodes',
  kmsKey: 'arn:aws:kms:eu-west-1:000000000000:key/5e2f1a90-6d3c-4b7e-9a11-0c2d4e6f8a01',
  bucket: 'edge-1-oidc',
  project: 'platform-prod',
  location: 'EU',
  managementServiceAccount: 'management-sa@platform-prod.iam.gserviceaccount.com',
}

/** Valid answers to the questions for this kind of cluster, with changes. Throws for other questions. */
export function answersOf(kind: Kind, changed: Partial<Record<QuestionName, string>> = {}): Answers {
  const answers = { ...all, ...changed }
  return (name) => {
    if (!questionsOf(kind).includes(name)) throw new Error(`${name} is not asked`)
    return answers[name]
  }
}

/** The options that answer all questions for this kind of cluster. */
export function optionsOf(kind: Kind): string[] {
  return ['--kind', kind, ...questionsOf(kind).flatMap((name) => [optionOf(name), all[name]])]
}

function optionOf(name: QuestionName): string {
  const [option = ''] = questionOf(name).flags.split(' ')
  return option
}

/** Elements of GetOpenIDConnectProvider that the sandbox's AWS does not have. */
import { expect, test } from 'vitest'
import { iamOf } from '../../../../lambdas/clouds/aws/clients/iam.ts'
import { readProvider } from '../../../../lambdas/clouds/aws/oidc-providers.ts'
import { scriptedAws } from '../../../support/aws/scripted-aws.ts'

const aws = scriptedAws()

const arn = 'arn:aws:iam::123456789012:oidc-provider/oidc.example.com'
const read = () => readProvider({ arn, iam: iamOf(undefined), signal: AbortSignal.timeout(20_000) })

function provider(more: string) {
  const result = `<ClientIDList><member>sts.amazonaws.com</member></ClientIDList>${more}`
  return {
    body: `<GetOpenIDConnectProviderResponse><GetOpenIDConnectProviderResult>${result}</GetOpenIDConnectProviderResult></GetOpenIDConnectProviderResponse>`,
  }
}

const plain = { clientIds: ['sts.amazonaws.com'], thumbprints: [], tags: {} }

test('a context provider and an instance of IAM Identity Center are read', async () => {
  const mapping = '<member>\n<SourceKey>groups</SourceKey><TargetKey>teams</TargetKey></member>'
  const context = `<SubjectSourceKey>sub</SubjectSourceKey><KeyDefinitionList>${mapping}</KeyDefinitionList>`
  const instance = '<IdentityCenterInstanceArn>arn:aws:sso:::instance/ssoins-1</IdentityCenterInstanceArn>'
  aws.answer(provider(`<ContextProvider>${context}</ContextProvider>${instance}`))
  expect(await read()).toEqual({
    ...plain,
    contextProvider:
      'SubjectSourceKey sub, SourceKey groups, TargetKey teams, IdentityCenterInstanceArn arn:aws:sso:::instance/ssoins-1',
  })
})

test('a provider without them has none', async () => {
  aws.answer(provider(''))
  expect(await read()).toEqual(plain)
})

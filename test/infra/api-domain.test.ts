import { Match, Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { exampleApp, exampleStack, portalProps, stackProps } from '../support/aws/stack.ts'
import { settingMistakes } from './support/setting-mistakes.ts'

const api = {
  domain: 'api.example.com',
  certificateArn: `arn:aws:acm:eu-west-1:${stackProps.env.account}:certificate/1234abcd-12ab-34cd-56ef-1234567890ab`,
}

const workloadActions = ['apigateway:*']
const withDomain = Template.fromStack(exampleStack(exampleApp(), { ...portalProps(), api, workloadActions }))
const without = Template.fromStack(exampleStack(exampleApp(), { workloadActions }))

describe('the domain of the API', () => {
  test('maps to the stage of the API, over TLS 1.2 and later', () => {
    withDomain.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: api.domain,
      DomainNameConfigurations: [
        { CertificateArn: api.certificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
      ],
    })
    withDomain.hasResourceProperties('AWS::ApiGatewayV2::ApiMapping', {
      ApiId: { Ref: Match.stringLikeRegexp('^Api') },
      DomainName: { Ref: Match.stringLikeRegexp('^ApiDomainName') },
      Stage: '$default',
    })
  })

  test('is the only address of the API', () => {
    withDomain.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: true })
    expect(JSON.stringify(withDomain.toJSON())).not.toContain('.execute-api.')
  })

  test('is in the output of the stack and in the content security policy of the portal', () => {
    expect(withDomain.toJSON().Outputs.ApiUrl.Value).toBe('https://api.example.com')
    expect(withDomain.toJSON().Outputs.ApiDomainTarget.Value).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^ApiDomainName/), 'RegionalDomainName'],
    })
    expect(JSON.stringify(withDomain.findResources('AWS::CloudFront::ResponseHeadersPolicy'))).toContain(
      "connect-src 'self' https://api.example.com https://login.example.com",
    )
  })

  test('has the tag by which the boundary recognizes it, so that no workload can map it to another API', () => {
    withDomain.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      Tags: { 'workload-identity:deployment': '123456789012/eu-west-1/WorkloadIdentity' },
    })
  })

  test('does not exist without the setting', () => {
    without.resourceCountIs('AWS::ApiGatewayV2::DomainName', 0)
    without.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: Match.absent() })
    expect(without.toJSON().Outputs).not.toHaveProperty('ApiDomainTarget')
  })
})

const mistakesIn = (given: unknown) => settingMistakes({ api: given }, 'eu-west-1')

test('the certificate has to be in the region and the partition of the deployment', () => {
  expect(mistakesIn(api)).toEqual([])
  const at = (prefix: string) => ({ ...api, certificateArn: api.certificateArn.replace('aws:acm:eu-west-1', prefix) })
  expect(mistakesIn(at('aws:acm:us-east-1'))).toEqual([
    expect.stringMatching(/^ {2}api\.certificateArn: is of the region us-east-1, and the deployment is of eu-west-1: /),
  ])
  expect(mistakesIn(at('aws-cn:acm:cn-north-1'))[0]).toMatch(/^ {2}api\.certificateArn: is of the partition aws-cn/)
  expect(mistakesIn(at('aws:iam:'))).toEqual([
    '  api.certificateArn: is not the ARN of a certificate of ACM such as arn:aws:acm:eu-west-1:ACCOUNT:certificate/ID',
  ])
  expect(mistakesIn({ domain: api.domain })).toEqual(['  api.certificateArn: is missing: give it a text'])
})

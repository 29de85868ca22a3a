import { describe, expect, test } from 'vitest'
import { readSettings } from '../../../infra/settings/settings-file.ts'
import { settingMistakes } from '../support/setting-mistakes.ts'

const domain = 'oidc.example.com'
const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/1234abcd-12ab-34cd-56ef-1234567890ab'
const iamCertificateId = 'ASCACKCEVSQ6C2EXAMPLE'

function mistakesIn(issuerHost: unknown, region = 'eu-west-1'): string[] {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
  const allowedPolicyArns = [`arn:${partition}:iam::aws:policy/AmazonS3ReadOnlyAccess`]
  return settingMistakes({ allowedPolicyArns, issuerHost }, region)
}

const line = (path: string, message: string) => [`  issuerHost${path}: ${message}`]

test('settings.yaml enables no issuer host', () => {
  expect(readSettings({ region: undefined }).issuerHost).toBeUndefined()
})

test.each([
  ["with CloudFront's own name", {}, 'eu-west-1'],
  ['with a domain and a certificate of ACM', { domain, certificateArn }, 'eu-west-1'],
  ['in China with a domain and a certificate of IAM', { domain, iamCertificateId }, 'cn-north-1'],
])('the issuer host is valid %s', (_, issuerHost, region) => {
  expect(mistakesIn(issuerHost, region)).toEqual([])
})

describe('a domain and its certificate', () => {
  const noCertificate = 'is missing: name the certificate of issuerHost.domain (in China its iamCertificateId)'
  const noDomain = 'is missing: name the domain that the certificate is for, or leave the certificate out'

  test('require each other', () => {
    expect(mistakesIn({ domain })).toEqual(line('.certificateArn', noCertificate))
    expect(mistakesIn({ domain }, 'cn-north-1')).toEqual(line('.certificateArn', noCertificate))
    expect(mistakesIn({ certificateArn })).toEqual(line('.domain', noDomain))
    expect(mistakesIn({ iamCertificateId }, 'cn-north-1')).toEqual(line('.domain', noDomain))
  })

  test('exclude a second certificate', () => {
    expect(mistakesIn({ domain, certificateArn, iamCertificateId })).toEqual(
      line(
        '.certificateArn',
        'is set beside iamCertificateId: CloudFront takes one certificate, so remove one of the two',
      ),
    )
  })

  test('are the only fields of the setting', () => {
    expect(mistakesIn({ host: domain })).toEqual(
      line('.host', 'is not a setting: use domain, certificateArn, iamCertificateId'),
    )
    expect(mistakesIn(true)).toEqual(line('', 'is not an object: correct it'))
  })
})

test.each([
  'https://oidc.example.com',
  'oidc.example.com/',
  'oidc.example.com:443',
  '*.example.com',
  'OIDC.example.com',
  'oidc',
  '',
])('%j is refused as a domain', (wrong) => {
  expect(mistakesIn({ domain: wrong, certificateArn })).toEqual(
    line('.domain', 'is not a DNS name in lower case such as oidc.example.com, without scheme, port and path'),
  )
})

test('a certificate in another region than us-east-1 is refused', () => {
  const elsewhere = certificateArn.replace('us-east-1', 'eu-west-1')
  expect(mistakesIn({ domain, certificateArn: elsewhere })).toEqual(
    line(
      '.certificateArn',
      'is of another region, and CloudFront takes certificates of us-east-1 only: request or import it there',
    ),
  )
})

test.each([
  'arn:aws-cn:acm:cn-north-1:111122223333:certificate/1234abcd',
  'arn:aws-cn:iam::111122223333:server-certificate/cloudfront/oidc',
  'arn:aws:acm:us-east-1::certificate/1234abcd',
  '1234abcd-12ab-34cd-56ef-1234567890ab',
])('%s is refused as the ARN of an ACM certificate', (wrong) => {
  expect(mistakesIn({ domain, certificateArn: wrong })).toEqual(
    line(
      '.certificateArn',
      'is not the ARN of a certificate of ACM such as arn:aws:acm:us-east-1:ACCOUNT:certificate/ID',
    ),
  )
})

test.each(['arn:aws-cn:iam::111122223333:server-certificate/cloudfront/oidc', 'oidc', 'AIDACKCEVSQ6C2EXAMPLE'])(
  '%s is refused as the ID of a server certificate',
  (wrong) => {
    expect(mistakesIn({ domain, iamCertificateId: wrong }, 'cn-north-1')).toEqual(
      line(
        '.iamCertificateId',
        'is not the ID of a server certificate of IAM such as ASCACKCEVSQ6C2EXAMPLE, and not its name or ARN: `aws iam list-server-certificates` shows it',
      ),
    )
  },
)

describe('the partition', () => {
  test.each(['cn-north-1', 'cn-northwest-1'])('of China (%s) needs a domain and refuses ACM certificates', (region) => {
    expect(mistakesIn({}, region)).toEqual(
      line('.domain', 'is missing: in China CloudFront serves nothing under its own name, cloudfront.cn'),
    )
    expect(mistakesIn({ domain, certificateArn }, region)).toEqual(
      line(
        '.certificateArn',
        'is for other partitions: in China CloudFront takes no certificates of ACM. Upload one to IAM, and name its ID as iamCertificateId',
      ),
    )
  })

  test.each([{}, { domain, certificateArn }, { domain, iamCertificateId }])(
    'of GovCloud has no CloudFront: the error for %j says so',
    (issuerHost) => {
      expect(mistakesIn(issuerHost, 'us-gov-west-1')).toEqual(
        line('', 'CloudFront is not a service of the partition aws-us-gov: leave the setting out'),
      )
    },
  )

  test('of all other regions accepts only ACM certificates', () => {
    expect(mistakesIn({ domain, iamCertificateId })).toEqual(
      line('.iamCertificateId', 'is for China alone: name a certificate of ACM as certificateArn'),
    )
  })
})

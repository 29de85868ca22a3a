import { afterEach, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { readBootstrap } from '../../../cli/aws/bootstrap.ts'
import { readCertificate } from '../../../cli/aws/certificate.ts'
import { callJson } from '../../../cli/aws/json-call.ts'
import { scriptedAws } from '../../support/aws/scripted-aws.ts'

const aws = scriptedAws()

const settings = {
  region: 'eu-west-1',
  credentials: async () => ({ accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' }),
}
const call = { service: 'ssm', target: 'AmazonSSM.GetParameter', input: { Name: 'a' }, answer: z.unknown() } as const

afterEach(() => void vi.unstubAllGlobals())

test('sends a signed request with the operation and the input', async () => {
  aws.answer({ body: { Parameter: { Value: '21' } } })
  expect(await callJson(settings, call)).toEqual({ Parameter: { Value: '21' } })
  expect(aws.requests).toEqual([{ target: 'AmazonSSM.GetParameter', isSigned: true, body: '{"Name":"a"}' }])
})

test.for([
  ['us-east-1', 'https://ssm.us-east-1.amazonaws.com/'],
  ['cn-north-1', 'https://ssm.cn-north-1.amazonaws.com.cn/'],
] as const)('calls the endpoint of the region %s', async ([region, url]) => {
  vi.stubEnv('AWS_ENDPOINT_URL', '')
  const called: string[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    called.push(request.url)
    expect(request.headers.get('authorization')).toContain(`/${region}/ssm/aws4_request`)
    return Response.json({})
  })
  await callJson({ ...settings, region }, call)
  expect(called).toEqual([url])
  vi.unstubAllEnvs()
})

test.for([
  [{ __type: 'ParameterNotFound', message: 'no' }, 'ParameterNotFound', 'no'],
  [
    { __type: 'com.amazonaws.ssm#ParameterNotFound:http://internal.amazon.com/', Message: 'no' },
    'ParameterNotFound',
    'no',
  ],
  [{}, 'HTTP 400', 'the response does not have the format of AWS'],
] as const)('an error %j has the name of AWS', async ([body, name, message]) => {
  aws.answer({ status: 400, body })
  await expect(callJson(settings, call)).rejects.toMatchObject({ name, message })
})

test('a successful response of another form is an error', async () => {
  aws.answer({ body: '<html>' })
  await expect(readBootstrap(settings)).rejects.toThrow(
    /^AWS refuses the parameter \S+ \(HTTP 200: the response does not have the format of AWS/,
  )
})

test('the error of an unreachable endpoint says why', async () => {
  const unreachable = { ...settings, endpoint: 'http://127.0.0.1:9' }
  await expect(callJson(unreachable, call)).rejects.toThrow(/ECONNREFUSED|bad port/)
})

test('tells an absent bootstrap from one that the credentials may not read', async () => {
  aws.answer(
    { body: { Parameter: { Value: '21' } } },
    { status: 400, body: { __type: 'ParameterNotFound' } },
    { status: 400, body: { __type: 'AccessDeniedException', Message: 'not allowed' } },
    { status: 400, body: { __type: 'ThrottlingException', message: 'slow down' } },
  )
  expect(await readBootstrap(settings)).toEqual({ version: '21' })
  expect(await readBootstrap(settings)).toBe('absent')
  expect(await readBootstrap(settings)).toBe('denied')
  await expect(readBootstrap(settings)).rejects.toThrow(/^AWS refuses the parameter .*ThrottlingException: slow down/)
})

test('reads the status and all names of a certificate', async () => {
  const Certificate = { Status: 'PENDING_VALIDATION', DomainName: 'example.com' }
  aws.answer(
    { body: { Certificate: { ...Certificate, SubjectAlternativeNames: ['example.com', '*.example.com'] } } },
    { body: { Certificate } },
    { status: 400, body: { __type: 'ResourceNotFoundException', message: 'no' } },
    { status: 400, body: { __type: 'AccessDeniedException', Message: 'not allowed' } },
  )
  expect(await readCertificate(settings, 'arn')).toEqual({
    status: 'PENDING_VALIDATION',
    names: ['example.com', '*.example.com'],
  })
  expect(await readCertificate(settings, 'arn')).toMatchObject({ names: ['example.com'] })
  expect(await readCertificate(settings, 'arn')).toBe('absent')
  expect(await readCertificate(settings, 'arn')).toBe('denied')
  expect(aws.requests[0]).toMatchObject({
    target: 'CertificateManager.DescribeCertificate',
    body: '{"CertificateArn":"arn"}',
  })
})

import { expect, test, vi } from 'vitest'
import { awsCaller } from '../../../cli/aws/caller.ts'
import { awsAnswer, awsSettings } from '../../../cli/aws/settings.ts'

test('reports that a stopped sandbox does not run, instead of wrong credentials', async () => {
  const settings = {
    region: 'eu-west-1',
    credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 's' }),
    endpoint: 'http://127.0.0.1:1',
  }
  await expect(awsCaller(settings)).rejects.toMatchObject({
    message: expect.stringMatching(/^The sandbox at http:\/\/127\.0\.0\.1:1 does not run/),
  })
})

test('an empty AWS_REGION counts as not set', () => {
  vi.stubEnv('AWS_REGION', '')
  expect(() => awsSettings({ endpoint: {} })).toThrow('The region of the deployment is not known.')
  vi.unstubAllEnvs()
})

test('names STS where it is not active, as for the credentials of a profile with a role', async () => {
  const error = Object.assign(new Error('no'), { name: 'RegionDisabledException' })
  await expect(awsAnswer({}, 'the credentials', Promise.reject(error))).rejects.toMatchObject({
    message: expect.stringMatching(/^AWS refuses the credentials \(RegionDisabledException: no\).*activates STS/),
  })
})

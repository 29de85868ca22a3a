import { expect, test } from 'vitest'
import { awsCaller } from '../../../cli/aws/caller.ts'

test('the AWS of a sandbox that was stopped refuses no credentials', async () => {
  const settings = {
    region: 'eu-west-1',
    credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 's' }),
    endpoint: 'http://127.0.0.1:1',
  }
  await expect(awsCaller(settings)).rejects.toMatchObject({
    message: expect.stringMatching(/^The sandbox at http:\/\/127\.0\.0\.1:1 does not run/),
  })
})

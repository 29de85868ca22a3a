import { expect, test } from 'vitest'
import { awsCaller } from '../../../cli/aws/caller.ts'

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

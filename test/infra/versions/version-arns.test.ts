import { expect, test } from 'vitest'
import { unused, versionsIn } from '../../../infra/versions/version-arns.ts'

const functionArn = 'arn:aws-cn:lambda:cn-north-1:111122223333:function:WorkloadIdentity-CreateRole0A1B-x_Y9'
const versions = (...numbers: readonly string[]) => numbers.map((version) => ({ functionArn, version }))

test('a definition calls the versions that it names, and nothing that has no version', () => {
  const definition = JSON.stringify({
    States: {
      One: { Arguments: { FunctionName: `${functionArn}:12` } },
      Again: { Arguments: { FunctionName: `${functionArn}:12` } },
      Notify: { Arguments: { TopicArn: 'arn:aws-cn:sns:cn-north-1:111122223333:Notifications' } },
      Latest: { Arguments: { FunctionName: `${functionArn}:$LATEST` } },
    },
  })
  expect(versionsIn(definition)).toEqual(versions('12'))
})

test('a version that any definition calls is in use, older or newer than the others', () => {
  expect(unused(versions('1', '2', '3', '12'), versions('2', '12', '2'))).toEqual(versions('1', '3'))
})

test('the same number of another function is another version', () => {
  const other = { functionArn: `${functionArn}2`, version: '1' }
  expect(unused([...versions('1'), other], versions('1'))).toEqual([other])
})

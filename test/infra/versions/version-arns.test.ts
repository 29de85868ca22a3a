import { expect, test } from 'vitest'
import { unused, versionsIn } from '../../../infra/versions/version-arns.ts'

const functionArn = 'arn:aws-cn:lambda:cn-north-1:111122223333:function:WorkloadIdentity-CreateRole0A1B-x_Y9'
const versions = (...numbers: readonly string[]) => numbers.map((version) => ({ functionArn, version }))

test('only the numbered versions in a definition count as called', () => {
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

test('a version is unused if no definition calls it', () => {
  expect(unused(versions('1', '2', '3', '12'), versions('2', '12', '2'))).toEqual(versions('1', '3'))
})

test('versions of two functions with the same number are different', () => {
  const other = { functionArn: `${functionArn}2`, version: '1' }
  expect(unused([...versions('1'), other], versions('1'))).toEqual([other])
})

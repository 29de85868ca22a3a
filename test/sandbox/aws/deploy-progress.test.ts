import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { DeployProgress } from '../../../sandbox/aws/deploy-progress.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

test('shows the uploaded files, then the created resources including the stack, each with the total', async () => {
  const output = await temporaryDirectory()
  const Resources = { Table: {}, Role: {}, Log: {} }
  await writeFile(path.join(output.path, 'Stack.template.json'), JSON.stringify({ Resources }))
  const progress = new DeployProgress(output.path)
  const seen = [progress.text]
  for (const line of [
    'Stack: start: Building Read/Code',
    'Stack: start: Building Start/Code',
    'Stack: success: Built Read/Code',
    'Stack: success: Published Read/Code (000000000000-eu-west-1-dc3a8047)',
    'Stack |   0 | 7:51:45 AM | CREATE_IN_PROGRESS   | AWS::CloudFormation::Stack | Stack User Initiated',
    'Stack |   3 | 7:51:46 AM | CREATE_COMPLETE      | AWS::DynamoDB::Table       | Table (Table1)',
  ]) {
    progress.observe(line)
    if (seen.at(-1) !== progress.text) seen.push(progress.text)
  }
  await output.remove()
  expect(seen).toEqual([
    'cdk synth creates the bundles of the functions and the template',
    '░░░░░░░░░░░░░░░░░░░░ 0 of 1 files uploaded',
    '░░░░░░░░░░░░░░░░░░░░ 0 of 2 files uploaded',
    '██████████░░░░░░░░░░ 1 of 2 files uploaded',
    '░░░░░░░░░░░░░░░░░░░░ 0 of 4 resources created',
    '███████████████░░░░░ 3 of 4 resources created',
  ])
})

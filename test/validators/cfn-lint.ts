import path from 'node:path'
import { pythonPackages } from '../peers/install/python-packages.ts'

const program = 'bin/cfn-lint'

/** cfn-lint, which `npm run check` installs before any test runs. */
export const cfnLint = pythonPackages({
  name: 'cfn-lint',
  folder: 'cfn-lint',
  requirements: 'test/validators/requirements.txt',
  programs: [program],
})

export const cfnLintProgram = path.join(cfnLint.folder, program)

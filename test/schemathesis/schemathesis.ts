import path from 'node:path'
import { pythonPackages } from '../peers/install/python-packages.ts'

const program = 'bin/schemathesis'

/** Schemathesis, which `npm run test:peers` installs before any test runs. */
export const schemathesis = pythonPackages({
  name: 'Schemathesis',
  folder: 'schemathesis',
  requirements: 'test/schemathesis/requirements.txt',
  programs: [program],
})

export const schemathesisProgram = path.join(schemathesis.folder, program)

/** `npm run docs`: writes the generated documentation, or runs the named command. */
import { runNamed } from '../../infra/command.ts'

await runNamed(
  'docs',
  {
    write: { file: 'docs/generate/write.ts', does: 'writes generated pages, drawings, schemas and types; the default' },
    escalations: { file: 'docs/generate/print-escalations.ts', does: 'prints what was tried to get more rights' },
    released: { file: 'test/released/write.ts', does: 'writes docs/released, with which later versions are compared' },
    screenshots: { file: 'test/browser/screenshots/take.ts', does: 'takes the pictures of the portal' },
    site: { file: 'docs/site/serve.ts', does: 'builds the site and serves it until Ctrl-C; --build only builds it' },
    transcript: { file: 'docs/generate/capture-terminal.ts', does: 'writes the output of npm start into the pages' },
  },
  'write',
)

/** The commands that a page shows: they are in blocks of code that are marked as `sh`. */

/** What a first word makes a command of. */
const programs = [
  'aws',
  'cdk',
  'curl',
  'docker',
  'export',
  'gcloud',
  'git',
  'helm',
  'kind',
  'k3d',
  'kubeadm',
  'kubectl',
  'minikube',
  'node',
  'npm',
  'npx',
  'oc',
  'openssl',
  'terraform',
  'wid',
]

/** Each command in one line. */
export function commandsIn(page: string): string[] {
  return [...page.matchAll(/^```sh\n(.*?)^```$/gms)]
    .flatMap(([, block = '']) => block.replace(/\s*\\\n\s*/g, ' ').split('\n'))
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** The blocks of code that are not marked as anything. */
export function unmarkedBlocks(page: string): string[] {
  return [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, mark, block = '']) => (mark === '' ? [block] : []))
}

export function startsWithProgram(block: string): boolean {
  return programs.includes(block.split(/\s/)[0] ?? '')
}

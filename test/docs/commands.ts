/** The commands of a page, which are in code blocks with the language `sh`. */

/** The programs with which a command begins. */
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

/** Each command on one line. */
export function commandsIn(page: string): string[] {
  return [...page.matchAll(/^```sh\n(.*?)^```$/gms)]
    .flatMap(([, block = '']) => block.replace(/\s*\\\n\s*/g, ' ').split('\n'))
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** The code blocks without a language. */
export function unmarkedBlocks(page: string): string[] {
  return [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, mark, block = '']) => (mark === '' ? [block] : []))
}

export function startsWithProgram(block: string): boolean {
  return programs.includes(block.split(/\s/)[0] ?? '')
}

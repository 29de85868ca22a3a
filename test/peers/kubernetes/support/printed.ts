import type { Outcome } from './kubectl.ts'

/** Replacements for output that varies between clusters and runs, applied in this order. */
const varying: readonly [RegExp, string][] = [
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'TOKEN'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  [/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME'],
  [/(resourceVersion"?: "?|resourceVersion=)\d+"?/g, '$1VERSION'],
  // In the output of diff.
  [/\/tmp\/(LIVE|MERGED)-\d+/g, '$1'],
  [/\t\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [+-]\d{4}/g, ''],
  [/https:\/\/127\.0\.0\.1:\d+/g, 'SERVER'],
  [/(certificate"?: "?)[A-Za-z0-9+/=]{200,}/g, '$1CERTIFICATE'],
  // The hash of a template, and the suffixes of pods and events.
  [/\b(web|applied)-[0-9a-f]{8,10}\b(-[a-z0-9]{5}\b)?/g, '$1-HASH'],
  [/pod-template-hash(=|"?: "?)[0-9a-f]{8,10}/g, 'pod-template-hash$1HASH'],
  [/(kube-api-access|default-token|reader-token)-[a-z0-9]{5}/g, '$1-END'],
  [/\b10\.(9[6-9]|10\d|11[01])\.\d+\.\d+\b/g, 'CLUSTER-IP'],
  [/\b10\.244\.\d+\.\d+\b/g, 'POD-IP'],
  // Ages, also in columns.
  [/(?<=^|\s|\()\d+[smhd](\d+[smh])?(?=\s|\)|$)/gm, 'AGE'],
  // Generic descriptions show managed fields. The sandbox does not record them for each level of new list items.
  [/^ {2}Managed Fields:\n( {4}.*\n)+/gm, ''],
  [/Resource Version: +\d+/g, 'Resource Version: VERSION'],
  // Older servers write a null time.
  [/^\+? *"?creationTimestamp"?: null,?\n/gm, ''],
  [/^@@ .* @@$/gm, '@@'],
  // Before 1.24 each service account has a Secret with a token. The sandbox creates none.
  [/reader-token-END/g, '<none>'],
  [/(serviceaccount\/reader {2,})[01](?= )/g, '$1COUNT'],
  // The sandbox does not serve quotas, limits and endpoints.
  [/\nNo resource quota\.\n\nNo LimitRange resource\.\n/g, ''],
  [/^Endpoints: .*\n/gm, ''],
  [/^Warning: v1 Endpoints is deprecated.*\n/gm, ''],
  // A real API server may repair its record of IP addresses right after the creation of a Service.
  [/^Events:\n +Type .*\n +---- .*\n.* ipallocator-repair-controller .*\n/gm, 'Events:  <none>\n'],
  // The number of printed steps of a rollout depends on the time.
  [/^Waiting for deployment .*\n/gm, ''],
  [/ +$/gm, ''],
  [/(?<=\S) {2,}/g, '  '],
]

/** The output of kubectl without varying parts and column widths. */
export function printed({ code, stdout, stderr }: Outcome): { code: number; stdout: string; stderr: string } {
  return { code, stdout: withoutVarying(stdout), stderr: withoutVarying(stderr) }
}

function withoutVarying(text: string): string {
  return varying.reduce((rest, [pattern, by]) => rest.replaceAll(pattern, by), text)
}

/** The sorted lines of both texts whose first words occur in the first text. Compares a list with a longer one. */
export function commonLines(some: string, all: string): { some: string[]; all: string[] } {
  const lines = (text: string) => text.split('\n').filter((line) => line.trim() !== '')
  const names = new Set(lines(some).map(firstWord))
  return {
    some: lines(some).sort(),
    all: lines(all)
      .filter((line) => names.has(firstWord(line)))
      .sort(),
  }
}

function firstWord(line: string): string {
  return line.trim().split(/\s+/)[0] ?? ''
}

/** The commands of `wid`. The file of a command is loaded only when the command runs, so that `--help` is fast. */
import { Argument, Command, Option } from '@commander-js/extra-typings'
import { kindNames } from '../client/request/kinds.ts'
import { questionNames, questionOf } from '../client/request/questions.ts'
import { version } from '../client/version.ts'
import type { Context, GlobalOptions } from './context.ts'
import { type ExitCode, exitCodes, WrongUse } from './errors.ts'
import { note } from './note.ts'
import { type Output, outputTo } from './output.ts'

/** Commands of other tools that people try, and the commands of `wid` that replace them. */
const absentCommands = {
  plan: '"wid diff -f FILE" plans the requests of a file',
  add: '"wid workload add CLUSTER NAMESPACE/ACCOUNT --policy ARN" gives a workload a role, "wid apply -f FILE" sets a cluster up',
  remove:
    '"wid workload remove CLUSTER NAMESPACE/ACCOUNT" takes the role from a workload, "wid teardown CLUSTER" removes all that setups made for a cluster',
} as const

export interface Program {
  readonly command: Command
  /** The exit code of the command that ran. */
  readonly exitCode: () => ExitCode
}

const kinds = [
  'setup',
  'verification',
  'plan',
  'drift',
  'rotation',
  'key-refresh',
  'key-revocation',
  'teardown',
] as const
const statuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const

const requestFiles = ['-f, --file <file...>', 'YAML or JSON, or folders of such files; - is standard input'] as const
const pruning = ['--prune', 'also remove workloads that files declared and that are in none of these files'] as const
const takingOver = [
  '--take-over',
  'also change workloads that another source declares, such as the portal or "wid workload add"; the files declare them from then on',
] as const
const approval = [
  '--if-generation <generation...>',
  'set up a cluster only if its spec still has this generation, such as 12; for several clusters, CLUSTER=12 for each; a cluster with another generation is skipped; exit code 6 if nothing else failed',
] as const
const parallel = ['--parallel <number>', 'how many clusters at a time, 1 to 20', '1'] as const
const kubeconfig = [
  '--kubeconfig <file>',
  'the kubeconfig to use; default: the one that kubectl uses; in a sandbox, the one of the cluster',
] as const
const context = ['--context <name>', 'the context of the kubeconfig to use'] as const
const noTeardown = [
  '--no-teardown',
  'omit the rights that only a teardown needs (--management omits them anyway)',
] as const
const teardownOnManagement = [
  '--teardown',
  'with --management: include the rights that a teardown with --delete-cluster needs; default: they are omitted',
] as const
const workload = ['<workload>', 'NAMESPACE/ACCOUNT'] as const
const force = [
  '--force',
  'abandon objects in an unreachable cluster; delete a role that a setup created even if others have added inline policies to it',
] as const
const dryRun = ['--dry-run', 'only report what the command would do'] as const
const yes = ['--yes', 'do not prompt'] as const

function refuseMarkdown({ output }: Pick<GlobalOptions, 'output'>): void {
  if (output === 'markdown') throw new WrongUse('--output markdown is for "wid diff" alone. Use text or json.')
}

type ContextFrom = (options: GlobalOptions) => Context

/**
 * @param contextFrom creates the context of a command from the global options
 * @param noteWrongUse writes the errors of a command line, and the help
 */
export function program(contextFrom: ContextFrom, noteWrongUse: (text: string) => void = note): Program {
  const wid = withoutCommands(noteWrongUse)
  const runner = runnerOf(wid, contextFrom)
  for (const add of inOrderOfHelp) add(wid, runner)
  addAbsent(wid)
  return { command: wid, exitCode: runner.exitCode }
}

type Wid = ReturnType<typeof withoutCommands>

/** `wid` with its global options. */
function withoutCommands(noteWrongUse: (text: string) => void) {
  // Commands return exit codes. With exitOverride, commander throws errors and does not end the process.
  return new Command('wid')
    .description('AWS roles for workloads on Kubernetes clusters outside EKS')
    .version(version, '--version', 'print the version')
    .option(
      '--api <url>',
      'address of the API; default: WID_API, or the sandbox that runs from this folder or a parent folder',
    )
    .option('--profile <name>', 'AWS profile whose credentials sign the requests; default: AWS_PROFILE')
    .option(
      '--region <name>',
      'region of the API; default: from its URL, otherwise AWS_REGION. "wid init" also writes it into the request',
    )
    .addOption(
      new Option(
        '--output <form>',
        'text; json: one document per line; markdown: text for a comment on a pull request, only for "wid diff"',
      )
        .choices(['text', 'json', 'markdown'])
        .default('text' as const),
    )
    .option('--timeout <seconds>', 'how long to wait for an operation; the operation continues after that')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('Try --help.')
    .configureOutput({ writeErr: (text) => noteWrongUse(text.trimEnd()) })
    .exitOverride()
}

/** Runs what a command does, and keeps its exit code. */
interface Runner {
  readonly contextFrom: ContextFrom
  readonly act: (act: () => Promise<ExitCode>) => Promise<void>
  /** Loads the function of a command when the command runs. */
  readonly run: <Args extends unknown[]>(load: () => Promise<Act<Context, Args>>) => (...args: Args) => Promise<void>
  /** Like `run`, for commands that need no API. */
  readonly runAlone: <Args extends unknown[]>(
    load: () => Promise<Act<Output, Args>>,
  ) => (...args: Args) => Promise<void>
  readonly exitCode: () => ExitCode
}

type Act<Needs, Args extends unknown[]> = (needs: Needs, ...args: Args) => ExitCode | Promise<ExitCode>

function runnerOf(wid: Wid, contextFrom: ContextFrom): Runner {
  let exitCode: ExitCode = exitCodes.done
  const act: Runner['act'] = async (act) => {
    exitCode = await act()
  }
  return {
    contextFrom,
    act,
    run:
      (load) =>
      (...args) =>
        act(async () => {
          refuseMarkdown(wid.opts())
          return (await load())(contextFrom(wid.opts()), ...args)
        }),
    runAlone:
      (load) =>
      (...args) =>
        act(async () => {
          refuseMarkdown(wid.opts())
          return (await load())(outputTo(process.stdout, wid.opts().output === 'json', process.env), ...args)
        }),
    exitCode: () => exitCode,
  }
}

const inOrderOfHelp = [
  addInit,
  addRequests,
  addRecords,
  addSignIn,
  addGet,
  addWorkload,
  addOperations,
  addRights,
  addOthers,
]

function addInit(wid: Wid, { runAlone, contextFrom }: Runner): void {
  const init = wid
    .command('init')
    .description('prompt for the fields of a request, and write its file')
    .option('-f, --file <file>', 'the YAML file to write', 'setup.yaml')
    .option('--force', 'overwrite the file')
    .option('--kubeconfig <file>', 'the kubeconfig whose contexts are shown; default: the one that kubectl uses')
    .addOption(new Option('--kind <kind>', 'the kind of cluster').choices(kindNames))
    .action((_, command) =>
      runAlone(async () => (await import('./commands/init.ts')).init)({
        contextFrom,
        options: command.optsWithGlobals(),
      }),
    )
  // `--region` is a global option.
  for (const name of questionNames) {
    const { flags, asks, choices } = questionOf(name)
    const option = new Option(flags, asks)
    if (name !== 'region') init.addOption(choices ? option.choices(choices) : option)
  }
}

function addRequests(wid: Wid, { run, act, contextFrom }: Runner): void {
  wid
    .command('apply')
    .description('plan the requests, prompt, set up the clusters, and follow the operations')
    .argument('[cluster]', 'the cluster whose earlier spec is restored; only with --generation')
    .option(...requestFiles)
    .option('--generation <number>', 'restore this generation of the spec of the cluster; not with -f')
    .option(...approval)
    .option('--yes', 'do not plan, and do not prompt')
    .option(...pruning)
    .option(...takingOver)
    .option(...parallel)
    .action(run(async () => (await import('./commands/apply.ts')).apply))
  wid
    .command('diff')
    .description('report what setups of the requests would write; exit code 4 if they would write something')
    .requiredOption(...requestFiles)
    .option(...pruning)
    .option(...takingOver)
    .option(...parallel)
    .action((options) =>
      act(async () => {
        const { diff } = await import('./commands/diff.ts')
        return diff(contextFrom(wid.opts()), { ...options, isMarkdown: wid.opts().output === 'markdown' })
      }),
    )
}

function addRecords(wid: Wid, { run }: Runner): void {
  wid
    .command('status <cluster>')
    .description('show what is recorded of a cluster')
    .action(run(async () => (await import('./commands/status.ts')).status))
  wid
    .command('history <cluster>')
    .description('list the generations of the spec of a cluster: who wrote each, when, its result, what changed')
    .action(run(async () => (await import('./commands/get.ts')).history))
  wid
    .command('watch')
    .description('follow an operation to its end')
    .argument('<operation>', 'ID of the operation, or name of a cluster for the newest operation of the cluster')
    .action(run(async () => (await import('./commands/operations.ts')).watch))
  wid
    .command('cancel')
    .description('stop an operation; created objects remain')
    .argument('<operation>', 'ID of the operation')
    .action(run(async () => (await import('./commands/operations.ts')).cancel))
}

function addSignIn(wid: Wid, { run }: Runner): void {
  wid
    .command('login')
    .description('sign in with a browser, to an API that accepts tokens')
    .option('--issuer <url>', 'URL of the token issuer; default: that of the last sign-in')
    .option('--client-id <id>', 'client ID of this command at the issuer; default: that of the last sign-in')
    .option('--scope <scopes>', 'the scopes to request, as the issuer names them')
    .option('--resource <uri>', 'the name of the API at the issuer, if the issuer requires one')
    .action(run(async () => (await import('./commands/login.ts')).login))
  wid
    .command('logout')
    .description('forget the tokens of an API, and end the sign-in')
    .action(run(async () => (await import('./commands/login.ts')).logout))
}

function addGet(wid: Wid, { run }: Runner): void {
  const get = wid.command('get').description('list clusters, operations or workloads')
  get
    .command('clusters')
    .description('all clusters that you may see, with state and last proof')
    .action(run(async () => (await import('./commands/get.ts')).getClusters))
  get
    .command('operations')
    .description('the newest hundred operations that match the options')
    .option('--cluster <name>')
    .addOption(new Option('--kind <kind>').choices(kinds))
    .addOption(new Option('--status <status>').choices(statuses))
    .action(run(async () => (await import('./commands/get.ts')).getOperations))
  get
    .command('workloads [cluster]')
    .description('the workloads of one cluster or of all, with their roles')
    .option('--namespace <name>')
    .action(run(async () => (await import('./commands/get.ts')).getWorkloads))
}

function addWorkload(wid: Wid, { run }: Runner): void {
  const group = wid.command('workload').description('give one workload a role, or take the role away')
  group
    .command('add <cluster>')
    .description('give one workload a role')
    .argument(...workload)
    .requiredOption('--policy <arn...>', 'ARNs or names of managed policies')
    .option('--role <name>', 'name of the role; default: CLUSTER-NAMESPACE-ACCOUNT-HASH')
    .action(run(async () => (await import('./commands/workload.ts')).addWorkload))
  group
    .command('remove <cluster>')
    .description('take the role from a workload, and delete the role')
    .argument(...workload)
    .option(...yes)
    .option(...force)
    .option(...dryRun)
    .action(run(async () => (await import('./commands/workload.ts')).removeWorkload))
}

function addOperations(wid: Wid, { run }: Runner): void {
  wid
    .command('verify <cluster>')
    .description('prove again that workloads get their roles')
    .argument('[workload]', 'NAMESPACE/ACCOUNT; by default all')
    .action(run(async () => (await import('./commands/operations.ts')).verify))
  wid
    .command('drift [cluster]')
    .description(
      'report what differs from the spec; exit code 4 if something differs, could not be read, or would make a setup fail',
    )
    .option(
      '-f, --file <file...>',
      'in place of a cluster name: report the drift of each cluster in these files, and how each file differs from the recorded spec',
    )
    .option('--repair', 'compare, and send the recorded spec again if something differs')
    .option(...parallel)
    .action(run(async () => (await import('./commands/drift.ts')).drift))
  wid
    .command('rotate')
    .description(
      'for each cluster: renew what expires (tokens of "wid connect --renew", thumbprints, webhook certificates), publish the signing keys of a hosted issuer, and verify the workloads',
    )
    .option(...dryRun)
    .action(run(async () => (await import('./commands/operations.ts')).rotate))
  wid
    .command('upgrade <cluster>')
    .description('change the webhook of a cluster; settings that you omit keep their values')
    .option('--image <image>')
    .addOption(new Option('--certificate <source>').choices(['auto', 'own-ca', 'csr']))
    .addOption(new Option('--failure-policy <policy>').choices(['Ignore', 'Fail']))
    .option('--adopt', 'take over a webhook that was installed by hand')
    .option(...dryRun)
    .action(run(async () => (await import('./commands/operations.ts')).upgrade))
}

function addRights(wid: Wid, { run }: Runner): void {
  wid
    .command('manifest <cluster>')
    .description('write a manifest for pods of a workload')
    .argument(...workload)
    .addOption(new Option('--kind <kind>').choices(['Pod', 'Deployment', 'patch']))
    .option('--image <image>', 'the image of the container')
    .option('--name <name>', 'the name of the pod or the Deployment')
    .option('--container <name>', 'the container that gets the credentials')
    .action(run(async () => (await import('./commands/manifest.ts')).manifest))
  wid
    .command('rights [cluster]')
    .description('print the Kubernetes rights that setups of a cluster need, or apply them with your own kubeconfig')
    .option(
      '-f, --file <file>',
      'file with the request of the cluster, needed before its first setup; - is standard input',
    )
    .option(...noTeardown)
    .option(...teardownOnManagement)
    .option(
      '--named-accounts',
      'grant rights on each service account by its name, instead of on all service accounts of its namespace',
    )
    .option('--management', 'the rights on the management cluster')
    .option('--renew', 'include the right to renew the token, which "wid connect --renew" needs')
    .option(
      '--kubernetes <version>',
      'Kubernetes version of the cluster, such as 1.21; default: that of the record or request',
    )
    .option('--apply', 'apply the rights')
    .option(...yes)
    .option(...kubeconfig)
    .option(...context)
    .action(run(async () => (await import('./commands/rights.ts')).rights))
  wid
    .command('connect <cluster>')
    .description(
      'use your kubeconfig to create a service account on the cluster, give it rights, and store a token of it in Secrets Manager',
    )
    .option(
      '-f, --file <file>',
      'file with the request of the cluster, needed before its first setup; - is standard input',
    )
    .option(...noTeardown)
    .option(...teardownOnManagement)
    .option(
      '--named-accounts',
      'grant rights on each service account by its name, instead of on all service accounts of its namespace',
    )
    .option('--management', 'connect the management cluster of the cluster instead')
    .option('--kubernetes <version>', 'Kubernetes version of the cluster, such as 1.21; default: that of its server')
    .option('--renew', 'let rotations renew the token before it expires')
    .option('--duration <time>', 'how long the token is valid, such as 30m, 24h or 90d', '90d')
    .option(
      '--secret <name>',
      'name of the secret; default: that in the request or record, otherwise PREFIX/CLUSTER/user-cluster, or PREFIX/CLUSTER/management with --management',
    )
    .option(...yes)
    .option(...kubeconfig)
    .option(...context)
    .action(run(async () => (await import('./commands/connect.ts')).connect))
}

function addOthers(wid: Wid, { run, runAlone, contextFrom }: Runner): void {
  wid
    .command('accept-key <cluster>')
    .description('accept a new signing key of the cluster; the waiting operation then publishes the key')
    .argument('<kid>', 'the ID of the key')
    .option(
      '--thumbprint <thumbprint>',
      'the thumbprint of the key (RFC 7638, SHA-256, base64url); with it, the command does not prompt',
    )
    .action(run(async () => (await import('./commands/accept-key.ts')).acceptKey))
  wid
    .command('enroll <cluster>')
    .description(
      'print Helm values for the agent of a cluster, to pipe to helm; they contain an enrolment code, which works once, within an hour',
    )
    .option('--renew', 'replace an enrolled agent, for example after the cluster was created again')
    .action(run(async () => (await import('./commands/enroll.ts')).enroll))
  wid
    .command('refresh-keys <cluster>')
    .description('publish the present signing keys of a cluster whose issuer the deployment hosts')
    .action(run(async () => (await import('./commands/operations.ts')).refreshKeys))
  wid
    .command('revoke-key <cluster>')
    .description('revoke a published signing key; STS then refuses the tokens that this key has signed')
    .argument('<kid>', 'the ID of the key')
    .option(
      '--force',
      'revoke the key even if the cluster signs with it, if it is the only published key, or if the cluster is unreachable',
    )
    .option(...yes)
    .action(run(async () => (await import('./commands/operations.ts')).revokeKey))
  wid
    .command('doctor [cluster]')
    .description(
      'check this machine, the API and the cluster that you name, and say what to do; with --deployment, check instead whether an AWS account is ready for a deployment',
    )
    .option(
      '--deployment [file]',
      'check whether the AWS account is ready for a deployment with this settings file; default: settings.yaml',
    )
    .action((cluster, options) =>
      runAlone(async () => (await import('./commands/doctor.ts')).doctor)(
        { contextFrom, options: wid.opts() },
        cluster,
        options,
      ),
    )
  wid
    .command('teardown <cluster>')
    .description('remove everything that setups made for a cluster')
    .option('--yes', 'do not report first, and do not prompt for the name')
    .option('--dry-run', 'only report what the teardown would remove, and which pods would lose their roles')
    .option(...force)
    .option('--delete-cluster', 'delete the cluster, too')
    .action(run(async () => (await import('./commands/operations.ts')).teardown))
  wid
    .command('completion')
    .description('print a shell script that completes the commands of wid')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action((shell) => runAlone(async () => (await import('./commands/completion.ts')).completion)(wid, shell))
}

function addAbsent(wid: Wid): void {
  for (const [name, instead] of Object.entries(absentCommands)) {
    wid
      .command(name, { hidden: true })
      .argument('[anything...]')
      .allowUnknownOption()
      .helpOption(false)
      .action(() => {
        throw new WrongUse(`There is no command "wid ${name}": ${instead}.`)
      })
  }
}

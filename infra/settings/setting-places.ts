/** Checks that ARNs have the stack's partition and region, and that the partition supports the settings. */
import { RegionInfo } from 'aws-cdk-lib/region-info'
import type { AccessSettings } from '../../lambdas/access/configuration.ts'
import type { KmsKeys } from '../permissions/kms-keys.ts'
import { overlap } from '../permissions/patterns.ts'
import type { ApiSettings } from './api-settings.ts'
import { type IssuerHostSettings, issuerHostPlaceMistake } from './issuer-host-settings.ts'
import { type PortalSettings, portalPlaceMistake } from './portal-settings.ts'

/** The settings that depend on the partition or the region. */
export interface PlacedSettings {
  readonly allowedPolicyArns: readonly string[]
  readonly assumableRoleArns: readonly string[]
  readonly access: Pick<AccessSettings, 'grants'>
  readonly kmsKeys: KmsKeys
  readonly api?: ApiSettings | undefined
  readonly issuerHost?: IssuerHostSettings | undefined
  readonly portal?: PortalSettings | undefined
  readonly notifications: { readonly slack?: unknown }
}

interface Mistake {
  readonly path: Path
  readonly message: string
}

type Path = readonly (string | number)[]

interface PlacedArn {
  readonly path: Path
  /** `*` stands for any characters. */
  readonly partition: string
  /** Empty for an ARN of IAM. */
  readonly region: string
}

/** The location of the stack, as far as it is known. */
interface Place {
  readonly partition: string | undefined
  /** The setting whose ARN determines the partition, or the variable with the region. */
  readonly path: Path
  readonly region: string | undefined
  /** What determines the partition, and what determines the region. Messages name both. */
  readonly ofPartition: string
  readonly ofRegion: string
  readonly advice: string
}

/** No deployment to the AWS European Sovereign Cloud (aws-eusc) or to an isolated partition has been designed or tested. */
const supported = ['aws', 'aws-cn', 'aws-us-gov']

/**
 * Returns a mistake for a partition that is not supported. Otherwise returns a mistake for each ARN in another partition
 * or region than the deployment's, and for an issuer host, portal or Slack channel that the partition does not support.
 *
 * @param region of the stack, if known. Otherwise, the first ARN with a region determines the region and the partition.
 *   Without such an ARN, the first ARN determines the partition, and the region stays unknown
 */
export function placeMistakes(settings: PlacedSettings, region: string | undefined): Mistake[] {
  const arns = arnsIn(settings)
  const place = placeOf(arns, region)
  if (place.partition !== undefined && !supported.includes(place.partition)) {
    const message = `is in the partition ${place.partition}, which is not supported: deploy to a region of ${supported.join(', ')}`
    return [{ path: place.path, message }]
  }
  const ofArns = arns.flatMap((arn) => {
    const message = partitionMistake(arn, place) ?? regionMistake(arn, place)
    return message === undefined ? [] : [{ path: arn.path, message }]
  })
  return [
    ...ofArns,
    ...issuerHostMistakes(settings, place),
    ...portalMistakes(settings, place),
    ...slackMistakes(settings, place),
  ]
}

/** The ARN of a channel is in the partition `aws`: https://docs.aws.amazon.com/chatbot/latest/APIReference/API_SlackChannelConfiguration.html */
function slackMistakes({ notifications }: PlacedSettings, { partition }: Place): Mistake[] {
  if (notifications.slack === undefined || partition === undefined || partition === 'aws') return []
  const message = `is not for the partition ${partition}, which does not have Amazon Q Developer in chat applications: leave the setting out`
  return [{ path: ['notifications', 'slack'], message }]
}

function portalMistakes({ portal }: PlacedSettings, { partition }: Place): Mistake[] {
  const message = portal && partition !== undefined ? portalPlaceMistake(partition) : undefined
  return message === undefined ? [] : [{ path: ['portal'], message }]
}

function issuerHostMistakes({ issuerHost }: PlacedSettings, { partition }: Place): Mistake[] {
  if (issuerHost === undefined || partition === undefined) return []
  const mistake = issuerHostPlaceMistake(issuerHost, partition)
  if (mistake === undefined) return []
  const { field, message } = mistake
  return [{ path: ['issuerHost', ...(field === undefined ? [] : [field])], message }]
}

function partitionMistake(arn: PlacedArn, { partition, ofPartition, advice }: Place): string | undefined {
  if (partition === undefined || overlap(arn.partition, partition)) return undefined
  return `is of the partition ${arn.partition}, and ${ofPartition} is of ${partition}: ${advice}`
}

function regionMistake(arn: PlacedArn, { region, ofRegion, advice }: Place): string | undefined {
  if (arn.region === '' || region === undefined || arn.region === region) return undefined
  return `is of the region ${arn.region}, and ${ofRegion} is of ${region}: ${advice}`
}

function placeOf(arns: readonly PlacedArn[], region: string | undefined): Place {
  const literal = arns.filter(({ partition }) => !partition.includes('*'))
  const [first] = literal
  if (region !== undefined) {
    const advice = 'correct the ARN, or set AWS_REGION to the region to deploy to'
    return { ...placeIn(region, first, 'the deployment', advice), path: ['AWS_REGION'] }
  }
  const key = literal.find((arn) => arn.region !== '')
  if (key) return { ...placeIn(key.region, key, nameOf(key), 'a deployment is in one region'), path: key.path }
  const advice = 'a deployment is in one partition'
  return {
    region,
    path: first?.path ?? [],
    partition: first?.partition,
    ofPartition: first ? nameOf(first) : '',
    ofRegion: '',
    advice,
  }
}

/** CDK has no partition for a region that is newer than its list. The ARN then determines the partition. */
function placeIn(region: string, arn: PlacedArn | undefined, ofRegion: string, advice: string): Omit<Place, 'path'> {
  const partition = RegionInfo.get(region).partition ?? arn?.partition
  return { region, partition, ofPartition: `the region ${region}`, ofRegion, advice }
}

function nameOf({ path }: PlacedArn): string {
  return path.join('.')
}

function arnsIn({ allowedPolicyArns, assumableRoleArns, access, kmsKeys, api }: PlacedSettings): PlacedArn[] {
  return [
    ...listed(['allowedPolicyArns'], allowedPolicyArns),
    ...listed(['assumableRoleArns'], assumableRoleArns),
    ...access.grants.flatMap((grant, index) =>
      listed(['access', 'grants', index, 'policyArns'], 'policyArns' in grant ? grant.policyArns : []),
    ),
    ...Object.entries(kmsKeys).flatMap(([name, arn]) => placed(['kmsKeys', name], arn)),
    ...placed(['api', 'certificateArn'], api?.certificateArn),
  ]
}

function listed(path: Path, arns: readonly string[]): PlacedArn[] {
  return arns.flatMap((arn, index) => placed([...path, index], arn))
}

/** Returns an empty list for a pattern without a partition, such as `*`. */
function placed(path: Path, text = ''): PlacedArn[] {
  const { partition, region = '' } = /^arn:(?<partition>[^:]+):[^:]*:(?<region>[^:]*):/.exec(text)?.groups ?? {}
  return partition === undefined ? [] : [{ path, partition, region }]
}
